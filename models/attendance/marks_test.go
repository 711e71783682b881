package attendance

import (
	"slices"
	"testing"

	"huotang/models/date"
)

var (
	held  = date.New(2026, 11, 5)
	today = date.New(2026, 11, 23)
	due   = seat{list: ListDue}
	freed = seat{list: ListDue, exempt: true}
	came  = seat{list: ListCame}
)

func TestCheck(t *testing.T) {
	day := func(n int) date.Date { return held.AddDays(n) }
	for _, tc := range []struct {
		name string
		in   Value
		seat seat
		want Value
		code string
	}{
		{"present", Value{State: Present}, due, Value{State: Present}, ""},
		{"a member who observed was present", Value{State: Observer}, due, Value{State: Present}, ""},
		{"a villager who was present observed", Value{State: Present}, came, Value{State: Observer}, ""},
		{"leave", Value{State: OnLeave}, due, Value{State: OnLeave}, ""},
		{"leave with a reason", Value{State: OnLeave, Reason: Farm}, due, Value{State: OnLeave, Reason: Farm}, ""},
		{"leave with a way", Value{State: OnLeave, Reason: Disc}, due, Value{}, "attendance.reason_unknown"},
		{"present with a reason", Value{State: Present, Reason: Farm}, due, Value{}, "attendance.reason_unknown"},
		{"absent", Value{State: Absent}, due, Value{State: Absent}, ""},
		{"absent villager", Value{State: Absent}, came, Value{}, "attendance.not_due"},
		{"villager made up", Value{State: MadeUp, MadeUpOn: day(1)}, came, Value{}, "attendance.not_due"},
		{"villager taken back", Value{State: Unmarked}, came, Value{State: Unmarked}, ""},
		{"taken back", Value{State: Unmarked}, due, Value{State: Unmarked}, ""},
		{"exempt", Value{State: Exempt}, freed, Value{State: Exempt}, ""},
		{"exempt and present", Value{State: Present}, freed, Value{State: Present}, ""},
		{"exempt by the host alone", Value{State: Exempt}, due, Value{}, "attendance.not_exempt"},
		{"made up", Value{MadeUp, Delivered, day(3)}, due, Value{MadeUp, Delivered, day(3)}, ""},
		{"made up the same day", Value{State: MadeUp, MadeUpOn: held}, due, Value{State: MadeUp, MadeUpOn: held}, ""},
		{"made up without a day", Value{State: MadeUp}, due, Value{}, "attendance.made_up_day"},
		{"made up before", Value{State: MadeUp, MadeUpOn: day(-1)}, due, Value{}, "attendance.made_up_range"},
		{"made up tomorrow", Value{State: MadeUp, MadeUpOn: today.AddDays(1)}, due, Value{}, "attendance.made_up_range"},
		{"a day without make-up", Value{State: Present, MadeUpOn: held}, due, Value{}, "attendance.made_up_only"},
		{"no state", Value{}, due, Value{}, "attendance.state_unknown"},
		{"another state", Value{State: "late"}, due, Value{}, "attendance.state_unknown"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, code := tc.in.check(tc.seat, held, today)
			if code != tc.code || code == "" && got != tc.want {
				t.Errorf("got %+v %q, want %+v %q", got, code, tc.want, tc.code)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	present, absent := Value{State: Present}, Value{State: Absent}
	for _, tc := range []struct {
		name string
		now  standing
		sent Value
		base int
		want Outcome
	}{
		{"nobody said anything", standing{Value{State: Unmarked}, 0}, present, 0, Accepted},
		{"nobody said anything, long ago", standing{Value{State: Unmarked}, 0}, present, 0, Accepted},
		{"the same", standing{present, 4}, present, 1, Duplicate},
		{"seen and changed", standing{present, 4}, absent, 4, Accepted},
		{"changed since", standing{present, 5}, absent, 4, Disputed},
		{"the same leave for another reason", standing{Value{State: OnLeave, Reason: Farm}, 2}, Value{State: OnLeave, Reason: Away}, 1, Disputed},
		{"taken back by another", standing{Value{State: Unmarked}, 2}, present, 1, Disputed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := merge(tc.now, tc.sent, tc.base); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	marks := func(list Part, states ...State) (out []markRow) {
		for _, s := range states {
			out = append(out, markRow{List: list, State: s})
		}
		return out
	}
	all := append(marks(ListDue, Present, Present, OnLeave, Absent, MadeUp, Exempt, Unmarked), marks(ListCame, Observer, Unmarked)...)
	got := count(all, 2, 3, 4)
	want := Tally{Due: 6, Present: 2, OnLeave: 1, Absent: 1, MadeUp: 1, Exempt: 1, Unmarked: 1, Observers: 1, Guests: 2, Adults: 3, Children: 4}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Attendances() != 2+1+1+2+3+4 || got.Named() != 6 || got.Villagers() != 10 {
		t.Errorf("attendances %d, named %d, villagers %d", got.Attendances(), got.Named(), got.Villagers())
	}
}

// FuzzCheck holds that whatever is sent, what may stand keeps the two lists apart and is itself accepted
// again: a phone that sends back what it was answered is a duplicate, never refused.
func FuzzCheck(f *testing.F) {
	f.Add("present", "", 0, true, false)
	f.Add("made_up", "disc", 2, true, true)
	f.Add("observer", "farm", 0, false, false)
	f.Fuzz(func(t *testing.T, state, reason string, day int, member, exempt bool) {
		s := seat{list: ListCame, exempt: exempt && member}
		if member {
			s.list = ListDue
		}
		v := Value{State: State(state), Reason: Reason(reason)}
		if day != 0 {
			v.MadeUpOn = held.AddDays(day % 1000)
		}
		got, code := v.check(s, held, today)
		if code != "" {
			return
		}
		if !slices.Contains(States, got.State) || member == (got.State == Observer) && got.State.Came() {
			t.Fatalf("%+v stands as %+v for %+v", v, got, s)
		}
		again, code := got.check(s, held, today)
		if code != "" || again != got || merge(standing{got, 3}, again, 0) != Duplicate {
			t.Fatalf("%+v became %+v %q", got, again, code)
		}
	})
}

// FuzzCount holds the sums that reports rely on.
func FuzzCount(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6}, 1, 2, 3)
	f.Fuzz(func(t *testing.T, states []byte, guests, adults, children int) {
		var rows []markRow
		members := 0
		for _, b := range states {
			r := markRow{List: ListDue, State: States[int(b)%len(States)]}
			if r.State == Observer {
				r.List = ListCame
			} else {
				members++
			}
			rows = append(rows, r)
		}
		c := count(rows, guests, adults, children)
		if c.Due != c.Present+c.OnLeave+c.Absent+c.MadeUp+c.Unmarked || c.Due+c.Exempt != members {
			t.Fatalf("%d members: %+v", members, c)
		}
	})
}
