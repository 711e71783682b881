package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// stays are the columns that go on naming the record that was merged, each with its reason.
var stays = map[string]string{
	"affiliations.person_id":     "the kept record's history of places stands; the other's comes back with it",
	"standings.person_id":        "likewise, of standings",
	"life_states.person_id":      "likewise, of where he was",
	"distinct_persons.person_id": "says that two records are two persons'; a merged one is proposed no more",
	"distinct_persons.other_id":  "likewise",
	"merges.kept_id":             "an earlier merge into the record; the chain is followed",
	"merges.gone_id":             "the merge itself",
	"persons.merged_into":        "an earlier merge into the record; the chain is followed",
}

// names matches columns that name a person, also where no reference says so.
var names = regexp.MustCompile(`(^|_)person_id$|^(kept|gone|other)_id$|^merged_into$|^(host|head)_(before|after)$`)

// personColumns are all columns that name a person, as "marks.person_id".
func personColumns(t *testing.T, e *dbtest.Env) []string {
	t.Helper()
	var out []string
	for name, tb := range tablesOf(t, e) {
		for column := range tb.Columns {
			if slices.Contains(tb.References, column+" persons") || names.MatchString(column) && tb.Columns[column].Kind != "text" {
				out = append(out, name+"."+column)
			}
		}
	}
	out = slices.DeleteFunc(out, func(c string) bool { return c == "sessions.merged_into" }) // a session
	slices.Sort(out)
	if len(out) < 25 {
		t.Fatalf("only %v: is the scan broken?", out)
	}
	return out
}

// double is a person with a second record, of which every table that names persons has a row.
type double struct {
	attendancetest.School
	*place
	kept, gone people.PersonID
}

// do runs an op as a job.
func do[In, Out any](d *double, t *testing.T, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out) {
	t.Helper()
	d.env.Do(t, func(tx *db.Tx) (err error) { out, err = op(tx, by, in); return err })
	return out
}

func newDouble(t *testing.T, e *dbtest.Env) *double {
	t.Helper()
	d := &double{School: attendancetest.New(t, e, 4, 2)}
	d.place = openPlace(t, e, func(c *configs.Config) { c.SecondFactor = "off" })
	d.kept, d.gone = d.Members[1], d.Members[2]
	d.past(t)
	d.rolls(t)
	d.posts(t)
	d.question(t)
	own := accountstest.Of(t, e, d.gone, access.Trainee, org.SiteUnit(d.Site.ID))
	do(d, t, attendance.Dispute, own, attendance.DisputeInput{Session: d.Day.SessionID, State: attendance.Absent})
	do(d, t, privacy.AskCorrection, own, privacy.AskCorrectionInput{Body: "名字写错了一个字。"})
	return d
}

// past gives the record what lists and offices say of a person: an earlier merge, another who is not he, an erasure that was taken back.
func (d *double) past(t *testing.T) {
	t.Helper()
	a, by := d.areas.People, orgtest.By
	do(d, t, privacy.AskErasure, by, privacy.AskErasureInput{Person: d.gone, Basis: privacy.WrongOne, Name: d.nameOf(t, d.gone)})
	do(d, t, privacy.UndoErasure, by, privacy.PersonInput{Person: d.gone})
	do(d, t, people.SetLife, by, people.SetLifeInput{Person: d.gone, State: people.AtHome})
	do(d, t, people.GiveOffice, by, people.GiveOfficeInput{Person: d.gone, Unit: d.Branch.ID, Office: people.Committee, Since: orgtest.LicensedOn})
	do(d, t, people.Exempt, by, people.ExemptInput{Person: d.gone, ApprovedBy: "凤山镇党委", Since: orgtest.LicensedOn, Until: orgtest.LicensedOn.AddDays(30)})
	do(d, t, a.SetPhone, by, people.SetPhoneInput{Person: d.gone, Phone: "13800138000"})
	third := peopletest.Add(t, d.env, d.Tree, peopletest.Person{Name: "字第三"})
	do(d, t, a.Merge, by, people.MergeInput{Kept: d.gone, Gone: third})
	for _, other := range []people.PersonID{d.Members[0], d.Members[3]} { // so that the record stands in either column
		do(d, t, a.SetDistinct, by, people.PairInput{Person: d.gone, Other: other})
	}
	house := do(d, t, people.AddHousehold, by, people.AddHouseholdInput{Village: d.Village.ID, Name: "字家", Persons: []people.PersonID{d.gone}})
	if house.Count != 1 {
		t.Fatalf("%+v", house)
	}
}

func (d *double) nameOf(t *testing.T, p people.PersonID) string {
	t.Helper()
	var v people.Person
	d.env.See(t, func(tx *db.Tx) (err error) { v, err = people.Find(tx, p); return err })
	return v.Name
}

// question asks whether the record was at two places at once.
func (d *double) question(t *testing.T) {
	t.Helper()
	d.env.Do(t, func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO roll_questions (id, site_id, month, kind, session_id, person_id, `open`, answer, made_at) VALUES (?, ?, ?, ?, ?, ?, 1, '', ?)",
			attendance.QuestionID{9}, d.Site.ID, d.Day.PlannedOn.Month(), attendance.TwoPlaces, d.Day.SessionID, d.gone, tx.Now).Error
	})
}

// rolls has the record marked, contradicted, corrected and taken for a guest.
func (d *double) rolls(t *testing.T) {
	t.Helper()
	a := d.areas.Attendance
	for _, state := range []attendance.State{attendance.Present, attendance.Absent} { // two phones that disagree
		in := d.Item(attendance.MarkInput{Person: d.gone, Value: attendance.Value{State: state}})
		in.Lessons, in.Guests = d.Lessons, []string{"过客"}
		attendancetest.MustSubmit(t, d.env, a, d.Host, in)
	}
	for _, state := range []attendance.State{attendance.Absent, attendance.Present} {
		var now attendance.RollView
		d.env.See(t, func(tx *db.Tx) (err error) {
			now, err = attendance.Get(tx, d.Host, attendance.SessionInput{ID: d.Day.SessionID})
			return err
		})
		in := d.Item(attendance.MarkInput{Person: d.gone, Value: attendance.Value{State: state}})
		in.BaseRevision, in.Why = now.Revision, "补录"
		attendancetest.MustSubmit(t, d.env, a, d.Host, in)
	}
	guest := ask(t, d.env, "SELECT id FROM guests")[0][0]
	var attach attendance.AttachInput
	attach.Session, attach.Person = d.Day.SessionID, d.gone
	copy(attach.Guest[:], guest)
	do(d, t, a.AttachGuest, d.Host, attach)
}

// posts makes the record host and head, and somebody else after him.
func (d *double) posts(t *testing.T) {
	t.Helper()
	a, on := d.areas.People, orgtest.LicensedOn
	do(d, t, a.HandOver, orgtest.By, people.HandOverInput{Site: d.Site.ID, On: on.AddDays(100), Host: d.gone, HeadToo: true})
	do(d, t, a.HandOver, orgtest.By, people.HandOverInput{Site: d.Site.ID, On: on.AddDays(200), Host: d.Members[3], HeadToo: true})
}

// naming counts the rows whose column names the record.
func (d *double) naming(t *testing.T, column string, p people.PersonID) (n int) {
	t.Helper()
	table, name, _ := strings.Cut(column, ".")
	d.env.See(t, func(tx *db.Tx) error {
		counts, err := db.Ask[int](tx, "SELECT COUNT(*) FROM "+table+" WHERE "+name+" = ?", p)
		n = counts[0]
		return err
	})
	return n
}

// dump is what the tables that name persons hold, but for what says that a merge was.
func (d *double) dump(t *testing.T, columns []string) (out []string) {
	t.Helper()
	seen := map[string]bool{"merges": true}
	for _, c := range columns {
		table, _, _ := strings.Cut(c, ".")
		if seen[table] {
			continue
		}
		seen[table] = true
		for _, row := range ask(t, d.env, "SELECT * FROM "+table) {
			out = append(out, fmt.Sprintf("%s %q", table, row))
		}
	}
	slices.Sort(out)
	return out
}

// Whatever names a person names the kept one after a merge and, after the merge is undone, is as it was; a new table that
// does not has to say here why.
func TestEverythingMovesWithAMerge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		d := newDouble(t, e)
		columns := personColumns(t, e)
		for _, c := range columns {
			if d.naming(t, c, d.gone) == 0 && c != "merges.gone_id" { // which the merge itself writes
				t.Errorf("%s names nobody yet: give the double a row there", c)
			}
		}
		for c := range stays {
			if !slices.Contains(columns, c) {
				t.Errorf("%s is said to stay and is not there", c)
			}
		}
		before := d.dump(t, columns)
		merged := do(d, t, d.areas.People.Merge, orgtest.By, people.MergeInput{Kept: d.kept, Gone: d.gone})
		for _, c := range columns {
			if n := d.naming(t, c, d.gone); n > 0 && stays[c] == "" {
				t.Errorf("%s: %d rows name the record that was merged; move them with a people.Part, or say here why they stay", c, n)
			}
		}
		do(d, t, d.areas.People.Unmerge, orgtest.By, people.UnmergeInput{ID: merged.ID})
		if diff := gocmp.Diff(before, d.dump(t, columns)); diff != "" {
			t.Errorf("not as before: %s", diff)
		}
	})
}
