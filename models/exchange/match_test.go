package exchange_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/exchange"
	"huotang/models/id"
	"huotang/models/org"
)

// township makes n schools in villages of about three, with lessons; every other township knows its places.
func township(n int, random *rand.Rand) []exchange.School {
	var lessons []courses.LessonID
	for i := range 30 {
		lessons = append(lessons, courses.LessonID(id.Must[struct{}](fmt.Sprintf("01a20b88-0000-7000-8000-%012d", i))))
	}
	schools := make([]exchange.School, n)
	for i := range schools {
		schools[i] = exchange.School{
			ID:      org.SiteID(id.Must[struct{}](fmt.Sprintf("01a20b88-1111-7000-8000-%012d", random.IntN(1e9)*100+i))),
			Code:    fmt.Sprintf("530921%06d", i),
			Village: org.UnitID(id.Must[struct{}](fmt.Sprintf("01a20b88-2222-7000-8000-%012d", random.IntN(n/3+1)))),
		}
		for range random.IntN(8) {
			schools[i].Taught = append(schools[i].Taught, lessons[random.IntN(len(lessons))])
		}
		if n%2 == 0 {
			schools[i].Place = &exchange.Place{Lat: 24.3 + random.Float64()/4, Lng: 99.7 + random.Float64()/4}
		}
	}
	return schools
}

// Ten years of every size of township: all take part, once, two by two and where they are an odd number three; partners meet
// again only where there is no other way (what is best in each single quarter is held by the test of the county's townships).
// A township of an even number then meets nobody again before everybody was met, but that the last quarters of a round can
// leave two circles of odd length, with one pair each; in one of an odd number the three leave no other way towards the end.
func TestTenYearsOfQuarters(t *testing.T) {
	const seed, quarters = 7, 40
	for n := 2; n <= 64; n++ {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		schools := township(n, random)
		met := exchange.Met{}
		early := 0
		for q := range quarters {
			quarter := date.NewQuarter(2026, 1).Add(q)
			groups := exchange.Match(schools, met, quarter)
			everybodyOnce(t, schools, groups)
			again := slices.Clone(schools)
			random.Shuffle(n, func(i, j int) { again[i], again[j] = again[j], again[i] })
			if diff := cmp.Diff(groups, exchange.Match(again, met, quarter)); diff != "" {
				t.Fatalf("%d schools, %s: another order gives other groups", n, quarter)
			}
			now := metTooEarly(schools, groups, met)
			if early += now; n > 9 && now > 0 && q < n/3 {
				t.Errorf("%d schools, %s: %d meetings came too early", n, quarter, now)
			}
			if best, got := fewest(schools, met), meetings(groups, met); n <= 9 && (best == 0 && got > 0 || got > best+1) {
				t.Errorf("%d schools, %s: partners have met %d times, it could be %d", n, quarter, got, best)
			}
			for _, g := range groups {
				for i := range g {
					for j := range i {
						met[exchange.PairOf(g[i], g[j])]++
					}
				}
			}
		}
		if early > 2 && n%2 == 0 {
			t.Errorf("%d schools: %d meetings came too early", n, early)
		}
	}
}

func everybodyOnce(t *testing.T, schools []exchange.School, groups [][]org.SiteID) {
	t.Helper()
	times, triples := map[org.SiteID]int{}, 0
	for _, g := range groups {
		if len(g) == 3 {
			triples++
		}
		if len(g) < 2 || len(g) > 3 {
			t.Errorf("a group of %d", len(g))
		}
		for _, s := range g {
			times[s]++
		}
	}
	for _, s := range schools {
		if times[s.ID] != 1 {
			t.Errorf("%s takes part %d times", s.ID, times[s.ID])
		}
	}
	if triples%2 != len(schools)%2 {
		t.Errorf("%d schools, %d groups of three", len(schools), triples)
	}
}

// metTooEarly counts the meetings again of a school that has somebody left whom it has not met.
func metTooEarly(schools []exchange.School, groups [][]org.SiteID, met exchange.Met) (n int) {
	left := func(s org.SiteID) bool {
		return slices.ContainsFunc(schools, func(o exchange.School) bool { return o.ID != s && met.Of(s, o.ID) == 0 })
	}
	for _, g := range groups {
		for i := range g {
			for j := range i {
				if met.Of(g[i], g[j]) > 0 && (left(g[i]) || left(g[j])) {
					n++
				}
			}
		}
	}
	return n
}

// meetings sums how often those who are together have been so before.
func meetings(groups [][]org.SiteID, met exchange.Met) (sum int) {
	for _, g := range groups {
		for i := range g {
			for j := range i {
				sum += met.Of(g[i], g[j])
			}
		}
	}
	return sum
}

// fewest is the least that meetings can be, found by trying all ways; for at most nine schools.
func fewest(schools []exchange.School, met exchange.Met) int {
	if len(schools) > 9 {
		return 0
	}
	var best func(left []org.SiteID, three bool) int
	best = func(left []org.SiteID, three bool) int {
		if len(left) == 0 {
			return 0
		}
		least := 1 << 30
		for i := 1; i < len(left); i++ {
			rest := slices.Delete(slices.Clone(left), i, i+1)[1:]
			least = min(least, met.Of(left[0], left[i])+best(rest, three))
			for j := 0; three && j < len(rest); j++ {
				g := []org.SiteID{left[0], left[i], rest[j]}
				least = min(least, meetings([][]org.SiteID{g}, met)+best(slices.Delete(slices.Clone(rest), j, j+1), false))
			}
		}
		return least
	}
	var all []org.SiteID
	for _, s := range schools {
		all = append(all, s.ID)
	}
	return best(all, len(all)%2 == 1)
}
