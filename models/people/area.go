package people

import "huotang/models/seal"

// Area is the ops that need the keys of telephone numbers, or must tell the areas above. Make it with New, and
// register parts and keepers before use.
type Area struct {
	phones  *seal.Ring
	parts   []Part
	keepers []Keeper
}

// New gives the area with the ring that seals telephone numbers.
func New(phones *seal.Ring) *Area { return &Area{phones: phones, parts: []Part{ownPart(phones)}} }
