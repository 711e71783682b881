package demo

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// Handover is a school that moved to another house within the history: its code, plaque and records stay.
type Handover struct {
	Site    int
	On      date.Date // first day of the new host
	Host    int       // index into People
	Address string
}

const (
	handoverCount = 6
	handoverFirst = 160 // days after the history begins
	handoverEvery = 75  // days between two
)

// plantHandovers lets one school of the demo's township, and one of each of some others, change its host.
func (c *County) plantHandovers() {
	towns := slices.Clone(c.townships)
	demo := slices.Index(towns, c.Sites[c.DemoSite].Township)
	towns[0], towns[demo] = towns[demo], towns[0]
	for n, town := range towns[:handoverCount] {
		on := c.HistoryFrom.AddDays(handoverFirst + n*handoverEvery)
		for i, s := range c.Sites {
			if s.Township != town || i == c.DemoSite || i == c.LatestSite || i == c.SilentSite {
				continue
			}
			heir := slices.IndexFunc(c.roster[i], func(p int) bool {
				return p != s.Head && p != s.Host && c.mayStudy(p) && !c.People[p].RosterFrom.After(on)
			})
			if heir == None {
				continue
			}
			d := c.dice("handover", s.Code)
			c.Handovers = append(c.Handovers, Handover{Site: i, On: on, Host: c.roster[i][heir], Address: c.address(s.Group, d.between(69, 98))})
			break
		}
	}
}

// hands says who is host and who is head of a school on a day.
func (c *County) hands(site int, on date.Date) (host, head int) {
	s := c.Sites[site]
	host, head = s.Host, s.Head
	for _, h := range c.Handovers {
		if h.Site == site && !on.Before(h.On) {
			if head == host {
				head = h.Host
			}
			host = h.Host
		}
	}
	return host, head
}

// handedKinds are the plan's words for things as those of the registers.
var handedKinds = map[string]string{"television": "television", "disc_player": "player", "speaker": "speaker", "radio": "receiver"}

// handOver does the hand-overs of a day as the township's clerk does: the new host gets an account, and the list is gone through.
func (f *filler) handOver(day date.Date) error {
	for _, h := range f.c.Handovers {
		if h.On != day {
			continue
		}
		if err := f.write(func(tx *db.Tx) error { return f.changeHands(tx, h) }); err != nil {
			return fmt.Errorf("hand-over of %s: %w", f.c.Sites[h.Site].Code, err)
		}
	}
	return nil
}

func (f *filler) changeHands(tx *db.Tx, h Handover) error {
	s := f.c.Sites[h.Site]
	clerk, err := f.clerk(tx, s.Township)
	if err != nil {
		return err
	}
	account, err := accounts.Add(tx, by, accounts.AddInput{Username: "h" + s.Code + ".2", Name: f.c.People[h.Host].Name, Person: f.people[h.Host]})
	if err != nil {
		return err
	}
	in := people.HandOverInput{Site: f.sites[h.Site], Host: f.people[h.Host], HeadToo: s.Head == s.Host, Address: h.Address, Items: []people.HandedItem{
		{Kind: "plaque", State: "handed"}, {Kind: "key", Count: 2, State: "handed"}, {Kind: "ledgers", Count: 3, State: "handed"},
	}}
	for _, e := range s.Equipment {
		item := people.HandedItem{Kind: handedKinds[e.Kind], Count: e.Quantity, State: "handed"}
		if e.Kind == "disc_player" {
			item.State, item.Note = "repair", "读不出盘"
		}
		in.Items = append(in.Items, item)
	}
	if _, err := f.People.HandOver(tx, clerk, in); err != nil {
		return err
	}
	if err := agree(tx, account.ID); err != nil {
		return err
	}
	f.heirs[h.Site], _, err = accounts.Actor(tx, account.ID)
	return err
}

// clerk is the actor of a township's clerk.
func (f *filler) clerk(tx *db.Tx, township int) (access.Actor, error) {
	return f.actor(tx, f.c.account(f.c.Divisions[township].Slug+".clerk"))
}

// equip goes through the register of the schools of the demo's township, and of those that changed hands.
func (f *filler) equip() error {
	handed := map[int]bool{}
	for _, h := range f.c.Handovers {
		handed[h.Site] = true
	}
	return f.write(func(tx *db.Tx) error {
		for i, s := range f.c.Sites {
			if s.Township != f.c.Sites[f.c.DemoSite].Township && !handed[i] {
				continue
			}
			clerk, err := f.clerk(tx, s.Township)
			if err != nil {
				return err
			}
			in := org.SetEquipmentInput{Site: f.sites[i], Network: s.Network}
			for _, e := range s.Equipment {
				item := org.Item{Kind: handedKinds[e.Kind], Count: e.Quantity, State: "good", Note: e.Spec}
				if handed[i] && e.Kind == "disc_player" {
					item.State = "repair"
				}
				in.Items = append(in.Items, item)
			}
			if _, err := org.SetEquipment(tx, clerk, in); err != nil {
				return fmt.Errorf("equipment of %s: %w", s.Code, err)
			}
		}
		return nil
	})
}

// A licence is suspended or revoked so many days ago, at a school that has held nothing for longer, and granted again after half of them: all
// of the county's schools are licensed today.
const licenceDays = 20

// licences suspends two schools and revokes the licence of a third, in three townships, and grants them their licences again.
func (f *filler) licences() error {
	for n, change := range [][]org.SetLicenceInput{
		{{State: org.Suspended, Note: "户主外出务工，暂停使用"}, {State: org.Licensed, Note: "户主已回村，恢复使用"}},
		{{State: org.Revoked, Note: "房屋拆除重建"}, {State: org.Licensed, Note: "新房建成，重新授牌"}},
		{{State: org.Suspended, Note: "房屋翻修"}, {State: org.Licensed, Note: "翻修完工，恢复使用"}},
	} {
		township := f.c.townships[len(f.c.townships)-2-n]
		site := f.quiet(township)
		if site == None {
			continue
		}
		err := f.write(func(tx *db.Tx) error {
			clerk, err := f.clerk(tx, township)
			if err != nil {
				return err
			}
			for i, in := range change {
				in.Site, in.On = f.sites[site], f.c.Today.AddDays(i*licenceDays/2-licenceDays)
				in.Number = fmt.Sprintf("%s党发〔%d〕%d号", f.c.Divisions[township].Name, in.On.Year(), 11+4*n+i)
				if _, err := org.SetLicence(tx, clerk, in); err != nil {
					return err
				}
			}
			_, err = calendar.Plan(tx, access.System("calendar.plan"), calendar.PlanInput{Unit: f.division(township), To: calendar.Horizon(f.c.Today)})
			return err
		})
		if err != nil {
			return fmt.Errorf("licence of %s: %w", f.c.Sites[site].Code, err)
		}
	}
	return nil
}

// quiet is the first school of a township that has held nothing since its licence may change, None when there is none.
func (f *filler) quiet(township int) int {
	return slices.IndexFunc(f.c.Sites, func(s Site) bool {
		i := slices.IndexFunc(f.c.Sites, func(o Site) bool { return o.Code == s.Code })
		last, held := f.last[i]
		return s.Township == township && held && last.Before(f.c.Today.AddDays(-licenceDays)) && i != f.c.DemoSite && i != f.c.SilentSite
	})
}
