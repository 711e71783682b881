package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// dice is the generator of one entity.
type dice struct{ *rand.Rand }

// dice gives the generator of the entity that the parts name, whatever else was drawn.
func (c *County) dice(parts ...string) dice {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return dice{rand.New(rand.NewPCG(c.Seed, h.Sum64()))}
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between draws from lo to hi, both included.
func (d dice) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// weighted draws an index by weight; the weights must not all be zero.
func (d dice) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := d.IntN(sum)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	panic("unreachable: n is below the sum")
}

// pick draws one of the choices.
func pick[T any](d dice, choices []T) T { return choices[d.IntN(len(choices))] }
