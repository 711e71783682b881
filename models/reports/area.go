package reports

import "huotang/models/people"

// Area is the ops that show telephone numbers, which takes their keys.
type Area struct{ people *people.Area }

// New gives the area.
func New(p *people.Area) *Area { return &Area{people: p} }
