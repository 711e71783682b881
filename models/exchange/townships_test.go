package exchange_test

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/exchange"
	"huotang/models/id"
	"huotang/models/org"
)

// divisions reads the townships of the real county, in code order, each with its villages.
func divisions(t *testing.T) (townships []string, villages map[string][]string) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "app", "demo", "data", "divisions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	villages = map[string][]string{}
	for _, r := range rows[1:] {
		switch r[2] {
		case "township":
			townships = append(townships, r[0])
		case "village":
			villages[r[3]] = append(villages[r[3]], r[0])
		}
	}
	slices.Sort(townships)
	return townships, villages
}

// countySchools spreads the county's 583 schools over its villages, some three in each, in one of five villagers' groups or in none
// that is known, with some of thirty lessons; every other township knows where its schools stand.
func countySchools(t *testing.T) map[string][]exchange.School {
	t.Helper()
	const all = 583
	townships, villages := divisions(t)
	n := 0
	for _, v := range villages {
		n += len(v)
	}
	if len(townships) != 13 || n != 187 {
		t.Fatalf("%d townships, %d villages", len(townships), n)
	}
	random := rand.New(rand.NewPCG(583, 13))
	unit := func(kind, n int) org.UnitID {
		return org.UnitID(id.Must[struct{}](fmt.Sprintf("01a20b88-%04d-7000-8000-%012d", kind, n)))
	}
	out, made, village := map[string][]exchange.School{}, 0, 0
	for i, town := range townships {
		for range villages[town] {
			village++
			for want := all * village / n; made < want; made++ {
				s := exchange.School{ID: org.SiteID(unit(1, made)), Code: fmt.Sprintf("530921%06d", made), Village: unit(2, village)}
				if g := random.IntN(6); g > 0 {
					s.Group = unit(3, village*10+g)
				}
				if i%2 == 1 {
					s.Place = &exchange.Place{Lat: 24.3 + random.Float64()/4, Lng: 99.7 + random.Float64()/4}
				}
				for _, l := range random.Perm(30)[:random.IntN(12)] {
					s.Taught = append(s.Taught, courses.LessonID(unit(4, l)))
				}
				out[town] = append(out[town], s)
			}
		}
	}
	return out
}

// worth is what a group is judged by, in this order: how often its schools have met, how far they are apart, what they have both taught.
type worth [3]int

func (w worth) plus(o worth) worth { return worth{w[0] + o[0], w[1] + o[1], w[2] + o[2]} }

// worthOf judges a pair by rules of its own: one group before one village before several villages, or whole kilometres.
func worthOf(a, b exchange.School, met exchange.Met) worth {
	far := 10
	switch {
	case a.Place != nil && b.Place != nil:
		metres, _ := exchange.Distance(a, b)
		far = metres / 1000
	case a.Village == b.Village && a.Group == b.Group && a.Group != (org.UnitID{}):
		far = 0
	case a.Village == b.Village:
		far = 1
	}
	both := 0
	for _, l := range a.Taught {
		if slices.Contains(b.Taught, l) {
			both++
		}
	}
	return worth{met.Of(a.ID, b.ID), far, both}
}

// quarterOf is one draw of a township with what it is judged by.
type quarterOf struct {
	groups [][]int // by index of the schools
	worth  [][]worth
}

func judge(schools []exchange.School, groups [][]org.SiteID, met exchange.Met) quarterOf {
	at := map[org.SiteID]int{}
	q := quarterOf{worth: make([][]worth, len(schools))}
	for i, s := range schools {
		at[s.ID] = i
		q.worth[i] = make([]worth, len(schools))
		for j, o := range schools {
			q.worth[i][j] = worthOf(s, o, met)
		}
	}
	for _, g := range groups {
		var own []int
		for _, s := range g {
			own = append(own, at[s])
		}
		q.groups = append(q.groups, own)
	}
	return q
}

func (q quarterOf) sum(groups ...[]int) (sum worth) {
	for _, g := range groups {
		for i := range g {
			for j := range i {
				sum = sum.plus(q.worth[g[i]][g[j]])
			}
		}
	}
	return sum
}

// better finds two groups that would do better if two of their schools changed places.
func (q quarterOf) better() string {
	for x, g := range q.groups {
		for _, h := range q.groups[:x] {
			was := q.sum(g, h)
			for i := range g {
				for j := range h {
					other, another := slices.Clone(g), slices.Clone(h)
					other[i], another[j] = h[j], g[i]
					if now := q.sum(other, another); slices.Compare(now[:], was[:]) < 0 {
						return fmt.Sprintf("%v and %v are worth %v, %v and %v would be %v", g, h, was, other, another, now)
					}
				}
			}
		}
	}
	return ""
}

// unmet counts the pairs that have never met before.
func (q quarterOf) unmet() (n int) {
	for _, g := range q.groups {
		if len(g) == 2 && q.worth[g[0]][g[1]][0] == 0 {
			n++
		}
	}
	return n
}

// mostUnmet is how many pairs of such as have never met there can be at all: half the rank of the matrix that Tutte gave to a
// graph, with random entries in a field of a large prime (Lovász 1979); with a chance of one in a million it is too low.
func (q quarterOf) mostUnmet(random *rand.Rand) int {
	const prime = 1_000_000_007
	n := len(q.worth)
	m := make([][]int64, n)
	for i := range m {
		m[i] = make([]int64, n)
	}
	for i := range n {
		for j := range i {
			if q.worth[i][j][0] == 0 {
				m[i][j] = 1 + random.Int64N(prime-1)
				m[j][i] = prime - m[i][j]
			}
		}
	}
	rank := 0
	for column := 0; column < n && rank < n; column++ {
		pivot := slices.IndexFunc(m[rank:], func(row []int64) bool { return row[column] != 0 })
		if pivot < 0 {
			continue
		}
		m[rank], m[rank+pivot] = m[rank+pivot], m[rank]
		for _, row := range m[rank+1:] {
			factor := row[column] * inverse(m[rank][column], prime) % prime
			for k := column; factor != 0 && k < n; k++ {
				row[k] = (row[k] + (prime-factor)*m[rank][k]) % prime
			}
		}
		rank++
	}
	return rank / 2
}

// inverse is one over v modulo the prime (Fermat).
func inverse(v, prime int64) int64 {
	out := int64(1)
	for e := prime - 2; e > 0; e >>= 1 {
		if e&1 == 1 {
			out = out * v % prime
		}
		v = v * v % prime
	}
	return out
}

// drawn pairs schools without any rule.
func drawn(q quarterOf, random *rand.Rand) (groups [][]int) {
	order := random.Perm(len(q.worth))
	for i := 0; i+1 < len(order); i += 2 {
		groups = append(groups, order[i:i+2])
	}
	if len(order)%2 == 1 {
		last := len(groups) - 1
		groups[last] = append(slices.Clone(groups[last]), order[len(order)-1])
	}
	return groups
}

// Ten years of every township of the county: all take part; as many as can be meet somebody new, and nobody meets again in the
// first third of a round; no two schools could change places
// and be nearer, or as near with fewer lessons that both have taught; it is far nearer than a draw; and hosting goes round.
func TestEveryTownshipForTenYears(t *testing.T) {
	const quarters = 40
	total := 0
	for town, schools := range countySchools(t) {
		total += len(schools)
		t.Run(town, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(13, uint64(len(schools))))
			met, hosted := exchange.Met{}, map[org.SiteID]int{}
			var near, far, early int
			for n := range quarters {
				quarter := date.NewQuarter(2026, 1).Add(n)
				groups := exchange.Match(schools, met, quarter)
				everybodyOnce(t, schools, groups)
				now := metTooEarly(schools, groups, met)
				if early += now; now > 0 && n < len(schools)/3 {
					t.Errorf("%s: %d meetings came too early", quarter, now)
				}
				q := judge(schools, groups, met)
				if best, got := q.mostUnmet(random), q.unmet(); len(schools)%2 == 0 && got != best {
					t.Errorf("%s: %d pairs have never met, %d could be", quarter, got, best)
				}
				if found := q.better(); found != "" {
					t.Errorf("%s: %s", quarter, found)
				}
				if n == 0 {
					near, far = q.sum(q.groups...)[1], q.sum(drawn(q, random)...)[1]
				}
				for _, g := range groups {
					host := exchange.HostOf(those(schools, g), hosted, quarter)
					for i := range g {
						if hosted[g[i]] < hosted[host] {
							t.Errorf("%s: %s hosts for the %dth time, and %s has only %d", quarter, host, hosted[host]+1, g[i], hosted[g[i]])
						}
						for j := range i {
							met[exchange.PairOf(g[i], g[j])]++
						}
					}
					hosted[host]++
				}
			}
			if near*2 > far {
				t.Errorf("the first quarter is %d steps apart, a draw would be %d", near, far)
			}
			least, most := spread(schools, hosted)
			if most-least > 4 {
				t.Errorf("one has hosted %d times, another %d times", least, most)
			}
			t.Logf("%d schools: %d steps apart, drawn %d; hosted %d to %d times; %d meetings before all were met", len(schools), near, far, least, most, early)
		})
	}
	if total != 583 {
		t.Errorf("%d schools", total)
	}
}

// those are the schools of a group.
func those(schools []exchange.School, group []org.SiteID) (out []exchange.School) {
	for _, s := range schools {
		if slices.Contains(group, s.ID) {
			out = append(out, s)
		}
	}
	return out
}

func spread(schools []exchange.School, hosted map[org.SiteID]int) (least, most int) {
	times := make([]int, len(schools))
	for i, s := range schools {
		times[i] = hosted[s.ID]
	}
	slices.SortFunc(times, cmp.Compare)
	return times[0], times[len(times)-1]
}
