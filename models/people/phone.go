package people

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/seal"
)

var (
	mobileForm   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landlineForm = regexp.MustCompile(`^0(10|2\d|[3-9]\d\d)[2-9]\d{6,7}$`)
)

// ParsePhone gives the digits of a number as people write it: full-width digits, spaces, hyphens, brackets and +86 are
// taken; false for what is neither a mobile of 11 digits nor a landline with its area code. "" is no number and right.
func ParsePhone(s string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '(' || r == ')' {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+86"), "0086")
	return digits, digits == "" || mobileForm.MatchString(digits) || landlineForm.MatchString(digits)
}

// Mask hides the middle of a number: 138****1234, 0883****123.
func Mask(phone string) string {
	switch {
	case len(phone) < 8:
		return ""
	case phone[0] == '1':
		return phone[:3] + "****" + phone[7:]
	case phone[1] == '1' || phone[1] == '2':
		return phone[:3] + "****" + phone[len(phone)-3:]
	}
	return phone[:4] + "****" + phone[len(phone)-3:]
}

// bound names what a sealed number belongs to.
func bound(person PersonID) string { return seal.Bound("persons.phone", person) }

// SetPhoneInput gives a person a telephone number.
type SetPhoneInput struct {
	Person PersonID `path:"id" json:"-"`
	Phone  string   `json:"phone" form:"phone"` // "" takes it away
}

// SetPhone keeps a person's number, sealed. Locks the person. Permission: PeopleEdit on the person.
func (a *Area) SetPhone(tx *db.Tx, by access.Actor, in SetPhoneInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	phone, err := checkPhone(in.Phone)
	if err != nil {
		return View{}, err
	}
	old, err := db.One[personRow](tx.Select("phone_index").Where("id = ?", in.Person), "people.missing")
	if err != nil {
		return View{}, err
	}
	if old.PhoneIndex != a.phones.Index(phone) {
		_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", in.Person), map[string]any{
			"phone": a.sealed(phone, in.Person), "phone_index": a.phones.Index(phone), "changed_at": tx.Now,
		})
		if err == nil {
			err = audit.Add(tx, by, p.Act("person.phone", audit.Changes{}.Field("phone")))
		}
		if err != nil {
			return View{}, err
		}
	}
	return a.Get(tx, by, GetInput{ID: in.Person})
}

// checkPhone gives the digits of a number that is set.
func checkPhone(typed string) (string, error) {
	var c fail.Check
	phone, ok := ParsePhone(typed)
	c.If(!ok, "phone", "people.phone_form")
	return phone, c.Err()
}

// Get is the function [Get] with the number masked, for who may see more than the name. A record that was merged into
// another one gives the other.
func (a *Area) Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	v, err := Get(tx, by, in)
	if err != nil || !v.Shown && !by.Is(v.ID) {
		return v, err
	}
	phone, err := a.phone(tx, v.ID)
	v.Phone = Mask(phone)
	return v, err
}

// sealed is what is stored of a number, NULL for none.
func (a *Area) sealed(phone string, person PersonID) any {
	if phone == "" {
		return nil
	}
	return a.phones.Seal(phone, bound(person))
}

// open reads a stored number, "" for none.
func open(phones *seal.Ring, sealed *[]byte, person PersonID) (string, error) {
	if sealed == nil {
		return "", nil
	}
	return phones.Open(*sealed, bound(person))
}

func (a *Area) phone(tx *db.Tx, person PersonID) (string, error) {
	row, err := db.One[personRow](tx.Select("phone").Where("id = ?", person), "people.missing")
	if err != nil {
		return "", err
	}
	return open(a.phones, row.Phone, person)
}

// Number is a person's number, whole.
type Number struct {
	Person PersonID `json:"person"`
	Name   string   `json:"name"`
	Phone  string   `json:"phone" kept:"never"` // "" in a list for one without
}

// PersonInput names a person.
type PersonInput struct {
	Person PersonID `path:"id" json:"-"`
}

// RevealPhone shows a person's number whole, which one audit row keeps; not_found for one without a number.
// Permission: PeoplePhone where the person lives or belongs, or attends a school of an administrative unit.
func (a *Area) RevealPhone(tx *db.Tx, by access.Actor, in PersonInput) (Number, error) {
	p, err := Find(tx, in.Person)
	if err != nil {
		return Number{}, err
	}
	if err := requireAnswer(tx, by, access.PeoplePhone, p); err != nil {
		return Number{}, err
	}
	phone, err := a.phone(tx, p.ID)
	if err == nil && phone == "" {
		err = fail.NotFound("people.no_phone")
	}
	if err != nil {
		return Number{}, err
	}
	return Number{p.ID, p.Name, phone}, audit.Add(tx, by, p.Act("person.phone_shown", audit.Changes{}))
}

// CallListInput names a school.
type CallListInput struct {
	Site org.SiteID `path:"id" json:"-"`
}

// CallList gives the numbers of everybody on a school's roster today, in the order of names; one audit row keeps that it
// was read, however many there are. Permission: PeoplePhone on the school or its branch.
func (a *Area) CallList(tx *db.Tx, by access.Actor, in CallListInput) (db.Page[Number], error) {
	s, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return db.Page[Number]{}, err
	}
	if err := by.Require(access.PeoplePhone, s.Paths()...); err != nil {
		return db.Page[Number]{}, err
	}
	members, err := RosterOn(tx, in.Site, tx.Today())
	if err != nil {
		return db.Page[Number]{}, err
	}
	persons := make([]PersonID, len(members))
	for i, m := range members {
		persons[i] = m.Person
	}
	list, shown, err := a.numbers(tx, persons)
	if err != nil || shown == 0 {
		return db.Page[Number]{Items: list}, err
	}
	return db.Page[Number]{Items: list}, audit.Add(tx, by, audit.Row{
		Act: "people.call_list", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site), Change: audit.Changes{}.Int("phones", 0, shown),
	})
}

// numbers opens the numbers of persons, in the order given, and counts those that have one.
func (a *Area) numbers(tx *db.Tx, persons []PersonID) (list []Number, shown int, err error) {
	rows, err := db.All[personRow](tx.Select("id", "name", "phone").Where("id IN ?", persons))
	if err != nil {
		return nil, 0, err
	}
	of := make(map[PersonID]personRow, len(rows))
	for _, r := range rows {
		of[r.ID] = r
	}
	list = make([]Number, 0, len(persons))
	for _, p := range persons {
		r, ok := of[p]
		if !ok {
			continue
		}
		phone, err := open(a.phones, r.Phone, p)
		if err != nil {
			return nil, 0, err
		}
		if phone != "" {
			shown++
		}
		list = append(list, Number{p, r.Name, phone})
	}
	return list, shown, nil
}

// Masks gives the numbers of persons with their middles hidden; those without one are left out. No permission is asked: the
// caller's op does.
func (a *Area) Masks(tx *db.Tx, persons []PersonID) (map[PersonID]string, error) {
	list, _, err := a.numbers(tx, persons)
	out := make(map[PersonID]string, len(list))
	for _, n := range list {
		if n.Phone != "" {
			out[n.Person] = Mask(n.Phone)
		}
	}
	return out, err
}

// Told is a list of people whose numbers somebody is told: what the trace keeps of it.
type Told struct {
	Unit    org.UnitID
	Persons []PersonID
}

// Tell gives whole numbers for call lists of other areas, and keeps one audit row for each list that has any; those without a
// number are left out. The caller's op has asked for PeoplePhone where each of them holds a post.
func (a *Area) Tell(tx *db.Tx, by access.Actor, lists ...Told) (map[PersonID]string, error) {
	out := map[PersonID]string{}
	for _, l := range lists {
		found, shown, err := a.numbers(tx, l.Persons)
		if err != nil {
			return nil, err
		}
		if shown == 0 {
			continue
		}
		for _, n := range found {
			if n.Phone != "" {
				out[n.Person] = n.Phone
			}
		}
		err = audit.Add(tx, by, audit.Row{
			Act: "people.call_list", Object: "unit", ID: l.Unit, Unit: audit.Unit(l.Unit), Change: audit.Changes{}.Int("phones", 0, shown),
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PhoneOwners finds who has the number that was typed, and under which index it is kept: "" for what is no number. No
// permission is asked: the caller tells nobody whose number it is.
func PhoneOwners(tx *db.Tx, phones *seal.Ring, typed string) (owners []PersonID, index string, err error) {
	phone, ok := ParsePhone(typed)
	if !ok || phone == "" {
		return nil, "", nil
	}
	index = phones.Index(phone)
	owners, err = db.Ask[PersonID](tx, "SELECT id FROM persons WHERE phone_index = ? AND merged_into IS NULL", index)
	return owners, index, err
}

// List is the function [List], which also finds the persons with a number that is typed whole, by who may see numbers.
func (a *Area) List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	return List(tx, by, a.byPhone(in))
}

func (a *Area) byPhone(in ListInput) ListInput {
	if phone, ok := ParsePhone(in.Q); ok && phone != "" {
		in.Q, in.phone = "", a.phones.Index(phone)
	}
	return in
}
