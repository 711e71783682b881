package imports

import (
	"cmp"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// homeText is a household as a list writes it: by its number, or else by its head.
type homeText struct{ Code, Name string }

// household reads the household of a row. What one is to the head says only who the head is; it is not kept.
func household(r *reading, name string) homeText {
	h := homeText{Code: tables.Narrow(r.limit("household", 20)), Name: tables.Name(r.limit("householder", 60))}
	if empties[h.Code] {
		h.Code = ""
	}
	if empties[h.Name] {
		h.Name = ""
	}
	if headWords[tables.Narrow(r.text("relation"))] && h.Name == "" {
		h.Name = name
	}
	return h
}

var headWords = map[string]bool{"户主": true, "本人": true, "本人或户主": true, "户主本人": true, "householder": true}

// housed is a household that is there.
type housed struct {
	ID      people.HouseholdID
	Village org.UnitID
	Code    string
	Name    string
}

func (h housed) text() string { return strings.TrimSpace(h.Code + " " + h.Name) }

// homes are the households as rows are matched with them.
type homes struct {
	byID   map[people.HouseholdID]housed
	byHome map[org.UnitID]map[homeText][]housed // by number alone, and by name alone
}

func loadHomes(tx *db.Tx, scope access.Scope) (homes, error) {
	out := homes{map[people.HouseholdID]housed{}, map[org.UnitID]map[homeText][]housed{}}
	cond, args := db.PathRange("v.path", scope)
	err := db.Each(tx, "SELECT h.id, h.village_id, h.code, h.name FROM households h JOIN units v ON v.id = h.village_id WHERE "+cond+" ORDER BY h.id", args,
		func(scan func(...any) error) error {
			var h housed
			if err := scan(&h.ID, &h.Village, &h.Code, &h.Name); err != nil {
				return err
			}
			out.byID[h.ID] = h
			of := out.byHome[h.Village]
			if of == nil {
				of = map[homeText][]housed{}
				out.byHome[h.Village] = of
			}
			for _, key := range []homeText{{Code: h.Code}, {Name: h.Name}} {
				of[key] = append(of[key], h)
			}
			return nil
		})
	return out, err
}

// find gives the households that the list may mean.
func (h homes) find(village org.UnitID, text homeText) []housed {
	if text.Code != "" {
		text.Name = ""
	}
	return h.byHome[village][text]
}

// compareHome says whether the row puts the person into another household. do has the village that the person gets.
func (p *persons) compareHome(r *reading, do *personDo, k *known) {
	if do.Home == (homeText{}) {
		return
	}
	found := p.homes.find(do.Details.Village, do.Home)
	for _, h := range found {
		if h.ID == k.Household {
			do.Home = homeText{}
			return
		}
	}
	if len(found) > 1 {
		r.fault("householder", "imports.fault_households", len(found), do.Home.Name)
		return
	}
	to := strings.TrimSpace(do.Home.Code + " " + do.Home.Name)
	if len(found) == 1 {
		to = found[0].text()
	}
	r.change("household", p.homes.byID[k.Household].text(), to)
}

var lifeWords = map[string]people.Life{
	"在村": people.AtHome, "在家": people.AtHome, "在": people.AtHome, "正常": people.AtHome, "健在": people.AtHome, "常住": people.AtHome, "是": people.AtHome, "at home": people.AtHome,
	"外出": people.Away, "外出务工": people.Away, "务工": people.Away, "打工": people.Away, "在外": people.Away, "外出经商": people.Away, "外出就学": people.Away, "不在村": people.Away, "不在": people.Away, "否": people.Away, "away": people.Away,
	"转出": people.Moved, "已转出": people.Moved, "迁出": people.Moved, "已迁出": people.Moved, "搬走": people.Moved, "转走": people.Moved, "moved": people.Moved, "moved away": people.Moved,
	"去世": people.Dead, "已去世": people.Dead, "死亡": people.Dead, "已故": people.Dead, "病故": people.Dead, "亡故": people.Dead, "过世": people.Dead, "dead": people.Dead,
}

// life reads where a person is, and since when.
func (p *persons) life(r *reading) (people.Life, date.Date) {
	s := strings.ToLower(tables.Narrow(r.text("life")))
	if s == "" || empties[s] {
		return "", date.Date{}
	}
	l, ok := lifeWords[s]
	if !ok {
		r.fault("life", "imports.fault_life", s)
	}
	since, _ := r.day("life_since")
	if since == (tables.Day{}) {
		return l, date.Date{}
	}
	day := since.Date()
	if day.After(p.today) {
		r.fault("life_since", "people.future")
	}
	return l, day
}

// left compares a row about somebody who has left, or who leaves by it: nothing else of him is changed, so that what held then
// stays. One who came back is compared from the next list on; a dead man does not come back.
func (p *persons) left(r *reading, do personDo, k *known) verdict {
	if k.Life.Left() && do.Life == "" || k.Life == people.Dead && do.Life != people.Dead {
		r.fault("name", "imports.fault_gone")
		return verdict{state: RowFaulty}
	}
	if do.Life == k.Life {
		do.Life = ""
	}
	do.Details, do.WasPhone, do.WasSince = do.Was, k.Phone, k.Since
	do.Hamlet, do.Offices = "", nil
	do.Standing, do.Phone, do.Site, do.Home, do.Exempt = "", "", org.SiteID{}, homeText{}, exemption{}
	return p.changes(r, do, k)
}

// exemption is what a list says of an exemption (免学), and what is kept of one.
type exemption struct {
	By           string
	Since, Until date.Date
}

func loadExemptions(tx *db.Tx) (map[people.PersonID][]exemption, error) {
	out := map[people.PersonID][]exemption{}
	err := db.Each(tx, "SELECT person_id, approved_by, since, `until` FROM exemptions ORDER BY person_id, since", nil, func(scan func(...any) error) error {
		var who people.PersonID
		var e exemption
		err := scan(&who, &e.By, &e.Since, &e.Until)
		out[who] = append(out[who], e)
		return err
	})
	return out, err
}

// exemption reads who approved an exemption, and until when; the zero one where the row says of none. Why is not asked, and refused.
func (p *persons) exemption(r *reading) exemption {
	s := strings.ToLower(tables.Narrow(r.text("exempt")))
	yes, known := yesWords[s]
	if s != "" && !known {
		r.fault("exempt", "imports.fault_exempt")
		return exemption{}
	}
	until, told := r.day("exempt_until")
	if s != "" && !yes || s == "" && !told {
		return exemption{}
	}
	e := exemption{By: tables.Name(r.limit("exempt_by", 60))}
	if e.By == "" || empties[e.By] {
		r.fault("exempt_by", "imports.fault_empty")
	}
	if since, ok := r.day("exempt_since"); ok {
		e.Since = since.Date()
	}
	switch {
	case told:
		e.Until = until.Last()
	case r.text("exempt_until") == "":
		r.fault("exempt_until", "imports.fault_empty")
	}
	if told && e.Until.Before(cmp.Or(e.Since, p.today)) {
		r.fault("exempt_until", "people.until_before_since")
	}
	return e
}

// compareExempt says whether the row changes an exemption: that of its first day or, where it gives none, that of today. One is
// never ended by a list.
func (p *persons) compareExempt(r *reading, do *personDo, k *known) {
	e := &do.Exempt
	if *e == (exemption{}) {
		if r.text("exempt") != "" && len(p.holds(k, exemption{})) > 0 {
			r.note("exempt", "imports.note_exempt")
		}
		return
	}
	was := ""
	for _, now := range p.holds(k, *e) {
		if e.Since.IsZero() {
			e.Since = now.Since
		}
		if now == *e {
			do.Exempt = exemption{}
			return
		}
		was = now.Until.String()
	}
	to := e.Until.String()
	if was == to {
		was = ""
	}
	r.change("exempt", was, to)
}

// holds lists the person's exemption of the day from which e is, or else of today.
func (p *persons) holds(k *known, e exemption) []exemption {
	for _, now := range p.exempt[k.ID] {
		if !e.Since.IsZero() && now.Since == e.Since || e.Since.IsZero() && !now.Since.After(p.today) && !now.Until.Before(p.today) {
			return []exemption{now}
		}
	}
	return nil
}
