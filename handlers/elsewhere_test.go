package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/papers"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/photos"
	"huotang/models/privacy"
)

// elsewhere gives to each thing that a row names one of the same kind in the other township.
var elsewhere = map[string]string{
	"site": "far", "sister": "far", "site.unit": "far.unit", "site.code": "far.code", "township": "township2", "village": "village3", "village.code": "village3.code",
	"branch": "branch2", "branch.code": "branch2.code", "account": "faraccount", "account.grant": "faraccount.grant", "host.sign_in": "host outside.sign_in",
	"course": "farcourse", "archived": "farcourse", "public": "farcourse", "plan": "farplan", "planned": "farplan",
	"lesson": "farlesson", "lesson2": "farlesson", "video": "farlesson", "unreviewed": "farlesson", "unpublished": "farlesson", "publiclesson": "farlesson",
	"day": "farday", "sisterday": "farday", "done": "fardone", "open": "faropen", "mistaken": "faropen", "guest": "farguest", "notice": "farnotice",
	"member": "farman", "member2": "farman", "villager": "farman", "free": "farman", "kept": "farman", "twin": "farman", "twin2": "farman", "leaver": "farman",
	"house": "farhouse", "emptyhouse": "farhouse", "merge": "farmerge", "away": "faraway", "request": "farrequest",
	"neighbour": "far", "uploaded": "farlist", "checked": "farlist", "handover": "farhandover",
	"cancellation": "farcancellation", "office": "faroffice", "hamlet": "farhamlet", "lane": "farlane", "rosteract": "farrosteract", "feed": "farfeed", "closed": "farclosed", "longgone": "farlonggone",
	"towncommittee": "towncommittee2",
	"meet":          "farmeet", "offmeet": "offfarmeet", "fresh.school": "far",
	"correction": "farcorrection", "late": "farlate", "dispute": "fardispute", "question": "farquestion", "code": "farcode",
	"message": "farmessage", "gathering": "fargathering",
	"photo": "farphoto", "spare": "farspare", "removed": "farremoved", "unfiled": "farunfiled", "loose": "farunfiled", "code.done": "code.fardone",
}

// nowhere are things that are no township's: of the whole county, of everybody, or of who holds the code.
var nowhere = []string{"county", "run", "asked", "asked.code", "answered.code", "batch", "batch.code", "feed.secret", "newphoto"}

// free are choices that lie with who may do the act, wherever in the county the thing chosen is: a school may belong to the branch of an
// association or of an office.
var free = map[string]bool{"POST /sites/:id/edit branch": true}

// settleElsewhere adds to the other township what only this test asks for.
func (w *world) settleElsewhere() {
	t, area := w.tree, w.areas.People
	person := func(name string) people.PersonID {
		return peopletest.Add(w.t, w.Env, t, peopletest.Person{Name: name, Village: t.Far.ParentID, Site: t.Far.ID})
	}
	w.longGone("farlonggone", "罗久远", t.Far.ParentID)
	kept, gone, wanderer := person("罗合一"), person("罗合二"), person("罗远行")
	w.do(func(tx *db.Tx) error {
		merged, err := area.Merge(tx, orgtest.By, people.MergeInput{Kept: kept, Gone: gone})
		if err != nil {
			return err
		}
		w.name("farmerge", merged.ID)
		house, err := people.AddHousehold(tx, orgtest.By, people.AddHouseholdInput{Village: t.Far.ParentID, Name: "罗家", Persons: []people.PersonID{kept}})
		if err != nil {
			return err
		}
		w.name("farhouse", house.ID)
		if err := w.fillOffice(tx, "faroffice", "farman", t.Branch2.ID); err != nil {
			return err
		}
		if err := w.fillHamlets(tx, "far", "罗家寨", t.Far.ParentID, t.Far.Path); err != nil {
			return err
		}
		if err := w.fillLane(tx, "far", "罗家巷", t.Far); err != nil {
			return err
		}
		_, err = people.NoteAway(tx, orgtest.As(access.Host, t.Far.Path), people.NoteAwayInput{Site: t.Far.ID, Person: wanderer, State: people.Away})
		if err != nil {
			return err
		}
		w.ids["faraway"] = wanderer.String() + "_" + tx.Today().String()
		guest, err := db.Ask[attendance.GuestID](tx, "SELECT id FROM guests WHERE session_id = ?", parse[attendance.SessionID](w, "fardone"))
		if err != nil {
			return err
		}
		w.name("farguest", guest[0])
		far := access.New(access.AccountID{2}, parse[people.PersonID](w, "farman"), "", nil)
		asked, err := privacy.AskCorrection(tx, far, privacy.AskCorrectionInput{Body: "电话换了"})
		w.name("farrequest", asked.ID)
		return err
	})
	w.do(func(tx *db.Tx) error {
		village := orgtest.As(access.Village, t.Far.Path)
		day := parse[calendar.DayID](w, "farday.next")
		if _, err := calendar.Cancel(tx, village, calendar.CancelInput{ID: day, Reason: calendar.FarmWork}); err != nil {
			return err
		}
		asked, err := calendar.Requests(tx, orgtest.By, calendar.RequestsInput{})
		for _, one := range asked.Items {
			if one.Day == day {
				w.name("farcancellation", one.ID)
			}
		}
		return err
	})
	list, err := w.areas.Imports.Read(w.t.Context(), "people", "鲁史镇名单.csv", []byte(listText))
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(func(tx *db.Tx) error {
		v, err := w.areas.Imports.Upload(tx, w.who("township outside").actor, list)
		w.name("farlist", v.ID)
		return err
	})
	outside := w.who("host outside").actor
	w.fillPictures("far", "fardone", outside)
	w.picture("farunfiled", outside, attendance.SessionID{}, photos.Sheet)
	w.ids["code.fardone"] = string(papers.CodeOf(parse[attendance.SessionID](w, "fardone")))
	w.ids["host outside.sign_in"] = w.who("host outside").ids["sign_in"]
	w.ids["host.sign_in"] = w.who("host inside").ids["sign_in"]
	w.keep()
}

var named = regexp.MustCompile(`\{[a-z0-9_.]+\}`)

// references are the things that a row names, each once; what it says of their revision goes with them.
func (r row) references(w *world) []string {
	var out []string
	for _, ref := range named.FindAllString(r.address()+" "+r.body, -1) {
		name := strings.Trim(ref, "{}")
		if _, ok := w.ids[name]; ok && !strings.HasSuffix(name, ".rev") && !strings.HasSuffix(name, ".seen") && !slices.Contains(out, name) && !slices.Contains(nowhere, name) {
			out = append(out, name)
		}
	}
	return out
}

// Each ID in each route, in the address and in what is sent, is replaced by one of the other township, the others being one's own: whoever is
// not of the whole county is refused, learns no name, and changes nothing.
func TestNoIDReachesAnotherTownship(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.settleElsewhere()
	var seats []*seat
	for _, s := range w.seats {
		if s.inside && !s.actor.Has(access.County, access.Auditor) {
			seats = append(seats, s)
		}
	}
	visitor, asked := w.who("visitor"), 0
	for _, r := range table() {
		for _, name := range r.references(w) {
			far, ok := elsewhere[name]
			if _, there := w.ids[far]; !ok || !there {
				t.Errorf("%s names {%s}, which has nothing of its kind elsewhere", r.route, name)
				continue
			}
			there := r
			there.at = strings.ReplaceAll(r.address(), "{"+name+"}", "{"+far+"}")
			there.body = strings.ReplaceAll(r.body, "{"+name+"}", "{"+far+"}")
			if refused(w.ask(there, visitor)) != "" {
				continue // for everybody, wherever it is of
			}
			if free[r.route+" "+name] {
				continue
			}
			for _, s := range seats {
				asked++
				got := w.ask(there, s)
				fault := w.reached(there, s, got, w.ids[far])
				for _, secret := range []string{farName, farTitle, farNoticeTitle, "罗合一", "罗远行", "罗家", w.ids["faraccount.username"]} {
					if strings.Contains(got.body, secret) {
						fault = "the answer holds " + secret
					}
				}
				if fault != "" {
					t.Errorf("%s with {%s} of another township by %s: %s", r.route, name, s.name, fault)
				}
			}
		}
	}
	t.Logf("%d requests", asked)
}

// reached says what is wrong with an answer to one who may not reach the ID. A write that is no refusal must at least leave it alone.
func (w *world) reached(r row, s *seat, got answer, id string) string {
	w.t.Helper()
	fault := refused(got)
	switch {
	case fault == "" && got.wrote:
		return "refused, and something was written"
	case fault == "" || strings.HasPrefix(r.route, "GET "):
		return fault
	}
	before := w.mentions(id)
	method, _, _ := strings.Cut(r.route, " ")
	w.send(s, method, w.expand(r.address()), r.body)
	after := w.mentions(id)
	w.reset()
	if before == after {
		return ""
	}
	return fault
}

// mentions counts where the database names an ID, as bytes or as text.
func (w *world) mentions(id string) int {
	w.t.Helper()
	n := 0
	for table, rows := range w.tables() {
		if table != "form_keys" {
			n += strings.Count(rows, strings.ReplaceAll(id, "-", "")) + strings.Count(rows, fmt.Sprintf("%x", id))
		}
	}
	return n
}

// refused says what is wrong with an answer that should be a refusal.
func refused(a answer) string {
	signIn := a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
	if a.status >= 400 && a.status < 500 || signIn {
		return ""
	}
	return http.StatusText(a.status) + " to " + a.header.Get("Location")
}
