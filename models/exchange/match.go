package exchange

import (
	"bytes"
	"cmp"
	"hash/fnv"
	"io"
	"math"
	"slices"

	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/org"
)

// School is a school as the matchmaker sees it.
type School struct {
	ID      org.SiteID
	Code    string // what it is drawn by: the same in every copy of the data, which an ID is not
	Village org.UnitID
	Group   org.UnitID         // 村民小组; zero when it is not known
	Place   *Place             // nil when it is not known
	Taught  []courses.LessonID // of late
}

// Place is where a school stands, in degrees (WGS 84). Nothing stores one, and no form or list asks for one: a school is somebody's home, so its
// coordinates are those of a named person, and near before far is served by what is known anyway, the village and the villagers' group. The law's
// least data (domain.md §9, and its ban on positions) leaves no room for them. The matchmaker takes a place all the same, for a county whose
// schools are all in public buildings and which decides otherwise; until then every Place is nil, and [Distance] says so.
type Place struct{ Lat, Lng float64 }

// Pair is two schools, the lesser ID first; see [PairOf].
type Pair struct{ A, B org.SiteID }

// PairOf orders the two.
func PairOf(a, b org.SiteID) Pair {
	if byID(b, a) < 0 {
		a, b = b, a
	}
	return Pair{a, b}
}

// Met counts how often two schools have been together.
type Met map[Pair]int

// Of is how often the two have been.
func (m Met) Of(a, b org.SiteID) int { return m[PairOf(a, b)] }

// Match puts schools into pairs, and an odd one as the third to two; a school that is alone gets nothing.
// Before anything else schools are kept from partners whom they have met, as long as there is a way;
// then near goes before far, and lessons that differ before lessons that match. What is equal in all this is drawn by
// the quarter, so that the same input gives the same groups on every machine. Each group is ordered by ID.
//
// Pairs are a matching of largest size (Edmonds 1965), taken first from those who never met and lie nearest. Who is left
// over then becomes a third, with two whom he has not met either where there are such. In the end groups exchange
// members as long as that is better.
func Match(schools []School, met Met, quarter date.Quarter) [][]org.SiteID {
	schools = slices.SortedFunc(slices.Values(schools), func(a, b School) int {
		return cmp.Or(cmp.Compare(draw(quarter, a), draw(quarter, b)), cmp.Compare(a.Code, b.Code))
	})
	m := newMatchmaker(schools, met, quarter)
	groups := m.groups()
	m.improve(groups)
	out := make([][]org.SiteID, len(groups))
	for i, g := range groups {
		for _, k := range g {
			out[i] = append(out[i], schools[k].ID)
		}
		slices.SortFunc(out[i], byID)
	}
	slices.SortFunc(out, func(a, b []org.SiteID) int { return byID(a[0], b[0]) })
	return out
}

func byID(a, b org.SiteID) int { return bytes.Compare(a[:], b[:]) }

// draw is the lot of a quarter for schools in the order given, from 0 to 4095.
func draw(quarter date.Quarter, schools ...School) int64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(quarter.String())) // a hash takes everything
	for _, school := range schools {
		_, _ = io.WriteString(sum, school.Code+"\n")
	}
	return int64(sum.Sum64() >> 52)
}

// How far schools are taken to be apart when a place is not known, in metres.
const (
	withinGroup    = 300
	withinVillage  = 1_000
	acrossVillages = 10_000
	farthest       = 200_000
)

// Distance is how far two schools are apart in metres; known is false when it is only taken from their villages
// and villagers' groups.
func Distance(a, b School) (metres int, known bool) {
	switch {
	case a.Place != nil && b.Place != nil:
		return min(between(*a.Place, *b.Place), farthest), true
	case a.Village == b.Village && a.Group == b.Group && !a.Group.IsZero():
		return withinGroup, false
	case a.Village == b.Village:
		return withinVillage, false
	}
	return acrossVillages, false
}

// between is the great-circle distance in metres (haversine).
func between(a, b Place) int {
	const earth, rad = 6_371_000, math.Pi / 180
	dLat, dLng := (b.Lat-a.Lat)*rad, (b.Lng-a.Lng)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLng/2), 2)
	return int(2 * earth * math.Asin(math.Min(1, math.Sqrt(h))))
}

// Shared counts the lessons that both have taught.
func Shared(a, b School) int {
	n := 0
	for _, l := range a.Taught {
		if slices.Contains(b.Taught, l) {
			n++
		}
	}
	return n
}

// tier is what pairs are taken by, the lowest first: how often they met, and how far apart they are, roughly.
type tier struct{ met, far int }

func (t tier) compare(o tier) int {
	return cmp.Or(cmp.Compare(t.met, o.met), cmp.Compare(t.far, o.far))
}

// Far is how far two schools are apart in steps: of one villagers' group, of one village, of several; where both places are
// known, whole kilometres, so that the lessons decide among those who are about as near.
func Far(a, b School) int {
	metres, _ := Distance(a, b)
	return metres / 1_000
}

// costOf ranks a pair: by the times they met, the distance, the lessons that both taught, and the lot. Each has digits of its own,
// with room for the sum over two groups of three.
func costOf(a, b School, met Met, quarter date.Quarter) int64 {
	if b.Code < a.Code {
		a, b = b, a
	}
	return int64(met.Of(a.ID, b.ID))<<48 | int64(Far(a, b))<<32 | int64(min(Shared(a, b), 4095))<<16 | draw(quarter, a, b)
}

type matchmaker struct {
	n     int
	cost  [][]int64 // of a pair, see [costOf]
	tiers [][]tier
	mate  []int // -1 for none
}

func newMatchmaker(schools []School, met Met, quarter date.Quarter) *matchmaker {
	n := len(schools)
	m := &matchmaker{n: n, cost: make([][]int64, n), tiers: make([][]tier, n), mate: make([]int, n)}
	for i, a := range schools {
		m.cost[i], m.tiers[i], m.mate[i] = make([]int64, n), make([]tier, n), -1
		for j, b := range schools {
			metres, _ := Distance(a, b)
			m.cost[i][j], m.tiers[i][j] = costOf(a, b, met, quarter), tier{met.Of(a.ID, b.ID), metres / 5_000}
		}
	}
	return m
}

// groups pairs everybody and gives the pairs, with who was left over as a third.
func (m *matchmaker) groups() [][]int {
	var all []tier
	for i := range m.n {
		for j := range i {
			if !slices.Contains(all, m.tiers[i][j]) {
				all = append(all, m.tiers[i][j])
			}
		}
	}
	slices.SortFunc(all, tier.compare)
	for i, t := range all {
		m.grow(t)
		if i+1 < len(all) && all[i+1].met == t.met {
			continue
		}
		if groups, ok := m.withThirds(t.met); ok {
			return groups
		}
		if groups, ok := m.withThree(t); ok {
			return groups
		}
	}
	groups, _ := m.withThirds(math.MaxInt)
	return groups
}

// grow makes the matching as large as pairs up to the tier allow; nobody who has a mate is left without.
func (m *matchmaker) grow(most tier) {
	for v := range m.n {
		if m.mate[v] < 0 {
			newSearch(m, most).from(v)
		}
	}
}

// withThirds gives the groups when whoever is left over finds two whom he has met at most so often; each pair takes one.
func (m *matchmaker) withThirds(met int) (groups [][]int, ok bool) {
	var left []int
	for v, w := range m.mate {
		switch {
		case w < 0:
			left = append(left, v)
		case v < w:
			groups = append(groups, []int{v, w})
		}
	}
	for _, v := range left {
		best, at := int64(math.MaxInt64), -1
		for i, g := range groups {
			if len(g) > 2 || m.tiers[v][g[0]].met > met || m.tiers[v][g[1]].met > met {
				continue
			}
			if c := m.cost[v][g[0]] + m.cost[v][g[1]]; c < best {
				best, at = c, i
			}
		}
		if at < 0 {
			return groups, false
		}
		groups[at] = append(groups[at], v)
	}
	return groups, true
}

// withThree looks, where schools are an odd number, for three among whom no pair is of a higher tier and without whom the
// others can all be paired: the cheapest such.
func (m *matchmaker) withThree(most tier) (groups [][]int, ok bool) {
	if m.n%2 == 0 {
		return nil, false
	}
	for _, three := range m.threes(most) {
		rest := *m
		rest.mate = slices.Repeat([]int{-1}, m.n)
		for _, v := range three {
			rest.mate[v] = v // its own, so that nobody asks for it
		}
		rest.grow(most)
		if !slices.Contains(rest.mate, -1) {
			groups, _ = rest.withThirds(most.met)
			return append(groups, three), true
		}
	}
	return nil, false
}

func (m *matchmaker) threes(most tier) (all [][]int) {
	near := func(v, w int) bool { return m.tiers[v][w].compare(most) <= 0 }
	for i := range m.n {
		for j := range i {
			for k := range j {
				if near(i, j) && near(j, k) && near(i, k) {
					all = append(all, []int{i, j, k})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b []int) int { return cmp.Compare(m.sum(a), m.sum(b)) })
	return all
}

// improve lets two groups exchange members, and a third change to another pair, as long as the sum of costs falls.
func (m *matchmaker) improve(groups [][]int) {
	for better := true; better; {
		better = false
		for i := range groups {
			for j := range groups {
				if i != j && (m.exchange(groups[i], groups[j]) || m.move(groups, i, j)) {
					better = true
				}
			}
		}
	}
}

func (m *matchmaker) sum(g []int) (sum int64) {
	for i := range g {
		for j := range i {
			sum += m.cost[g[i]][g[j]]
		}
	}
	return sum
}

func (m *matchmaker) exchange(g, h []int) (better bool) {
	for i := range g {
		for j := range h {
			before := m.sum(g) + m.sum(h)
			g[i], h[j] = h[j], g[i]
			if m.sum(g)+m.sum(h) < before {
				better = true
				continue
			}
			g[i], h[j] = h[j], g[i]
		}
	}
	return better
}

func (m *matchmaker) move(groups [][]int, from, to int) bool {
	g, h := groups[from], groups[to]
	if len(g) != 3 || len(h) != 2 {
		return false
	}
	for i, v := range g {
		rest := slices.Delete(slices.Clone(g), i, i+1)
		if m.sum(rest)+m.sum(append(slices.Clone(h), v)) < m.sum(g)+m.sum(h) {
			groups[from], groups[to] = rest, append(slices.Clone(h), v)
			return true
		}
	}
	return false
}

// search looks for a path along which the matching grows by one, among pairs up to a tier. It follows Edmonds: an odd
// circle (a blossom) is shrunk to its base.
type search struct {
	*matchmaker
	most   tier
	parent []int
	base   []int
	seen   []bool
	queue  []int
}

func newSearch(m *matchmaker, most tier) *search {
	s := &search{matchmaker: m, most: most, parent: make([]int, m.n), base: make([]int, m.n), seen: make([]bool, m.n)}
	for v := range m.n {
		s.parent[v], s.base[v] = -1, v
	}
	return s
}

// from grows the matching by a path that begins at the free vertex root, if there is one.
func (s *search) from(root int) {
	s.seen[root] = true
	s.queue = append(s.queue, root)
	for len(s.queue) > 0 {
		v := s.queue[0]
		s.queue = s.queue[1:]
		for w := range s.n {
			if w == v || s.mate[w] == w || s.tiers[v][w].compare(s.most) > 0 || s.base[v] == s.base[w] || s.mate[v] == w {
				continue
			}
			if end := s.visit(root, v, w); end >= 0 {
				s.flip(end)
				return
			}
		}
	}
}

// visit follows the pair v, w; it gives the end of a path when w is free, else -1.
func (s *search) visit(root, v, w int) int {
	switch {
	case w == root || s.mate[w] >= 0 && s.parent[s.mate[w]] >= 0:
		s.shrink(v, w)
	case s.parent[w] < 0:
		s.parent[w] = v
		if s.mate[w] < 0 {
			return w
		}
		s.seen[s.mate[w]] = true
		s.queue = append(s.queue, s.mate[w])
	}
	return -1
}

// shrink makes the blossom that the pair closes one vertex.
func (s *search) shrink(v, w int) {
	base := s.common(v, w)
	in := make([]bool, s.n)
	s.mark(in, v, base, w)
	s.mark(in, w, base, v)
	for u := range s.n {
		if in[s.base[u]] {
			s.base[u] = base
			if !s.seen[u] {
				s.seen[u] = true
				s.queue = append(s.queue, u)
			}
		}
	}
}

// common is the base in which the ways of both back to the root meet.
func (s *search) common(v, w int) int {
	on := make([]bool, s.n)
	for {
		v = s.base[v]
		on[v] = true
		if s.mate[v] < 0 {
			break
		}
		v = s.parent[s.mate[v]]
	}
	for {
		if w = s.base[w]; on[w] {
			return w
		}
		w = s.parent[s.mate[w]]
	}
}

func (s *search) mark(in []bool, v, base, child int) {
	for s.base[v] != base {
		in[s.base[v]], in[s.base[s.mate[v]]] = true, true
		s.parent[v] = child
		child = s.mate[v]
		v = s.parent[s.mate[v]]
	}
}

// flip exchanges the pairs on the path that ends at v for those beside them.
func (s *search) flip(v int) {
	for v >= 0 {
		w := s.parent[v]
		next := s.mate[w]
		s.mate[v], s.mate[w] = w, v
		v = next
	}
}
