package accounts

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

func mountOffice(p *web.Pages, a *accounts.Area) {
	p.Get("/accounts", listPage)
	p.Get("/accounts/new", newPage)
	p.Post("/accounts/new", addOne(a))
	p.Get("/accounts/bulk", bulkPage)
	p.Post("/accounts/bulk", addMany(a))
	p.Get("/accounts/slips", slipsPage)
	p.Post("/accounts/slips", makeSlips(a))
	p.Get("/accounts/slips/:batch", printSlips(a))
	p.Get("/accounts/:id", onePage)
	p.Post("/accounts/:id/slip", makeSlip(a))
	p.Post("/accounts/:id/disabled", one(accounts.SetDisabled, "accounts.kept"))
	p.Post("/accounts/:id/leave", one(accounts.Leave, "accounts.kept"))
	p.Post("/accounts/:id/factor-reset", one(accounts.ResetFactor, "accounts.factor_gone"))
}

type listView struct {
	web.Base
	In       accounts.ListInput
	Accounts []accounts.View
	Next     string
	MayAdd   bool
}

func listPage(r *web.Request) error {
	var page listView
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := accounts.List(tx, by, page.In)
		page.Accounts, page.MayAdd = found.Items, !by.Visible(access.AccountsManage).Empty()
		if found.Next != "" {
			page.Next = "/accounts?" + url.Values{"q": {page.In.Q}, "after": {found.Next}}.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("accounts.title")
	return r.Render("accounts/list", page)
}

type slipsView struct {
	web.Base
	Accounts []accounts.Outstanding
	Next     string
	MayPrint bool
}

func slipsPage(r *web.Request) error { return showOutstanding(r, web.Form{}) }

func showOutstanding(r *web.Request, form web.Form) error {
	var page slipsView
	var in accounts.OutstandingInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := accounts.ListOutstanding(tx, by, in)
		page.Accounts, page.MayPrint = found.Items, !by.Visible(access.AccountsManage).Empty()
		if found.Next != "" {
			page.Next = "/accounts/slips?" + url.Values{"after": {found.Next}}.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("accounts.slips")
	page.Form = form
	return r.Render("accounts/slips", page)
}

func makeSlips(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.SlipsInput
		err := r.Bind(&in)
		var batch accounts.Batch
		if err == nil {
			batch, err = web.Do(r, a.MakeSlips, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showOutstanding(r, f) })
		}
		return r.See("/accounts/slips/" + batch.ID.String())
	}
}

func makeSlip(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.AccountInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		batch, err := web.Do(r, a.MakeSlips, accounts.SlipsInput{Accounts: []accounts.AccountID{in.ID}})
		if err != nil {
			return again(r, err)
		}
		return r.See("/accounts/slips/" + batch.ID.String())
	}
}

// slipsPerSheet is how many slips an A4 sheet takes, two beside each other.
const slipsPerSheet = 8

type printView struct {
	web.Base
	Sheets [][]slip
	N      int
	Site   string
}

type slip struct {
	accounts.Slip
	QR    template.HTML
	Place string
}

func printSlips(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.BatchInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		found, err := web.Ask(r, a.Slips, in)
		if err != nil {
			return err
		}
		page := printView{Base: r.Base("accounts.print_slips"), Site: r.App.BaseURL}
		var all []slip
		for _, s := range found.Items {
			qr, err := web.QR(r.App.BaseURL + "/first/" + strings.ReplaceAll(s.Code, "-", ""))
			if err != nil {
				return err
			}
			all = append(all, slip{s, qr, strings.Join(s.Places, "、")})
		}
		page.N = len(all)
		page.Sheets = slices.Collect(slices.Chunk(all, slipsPerSheet))
		return r.Render("accounts/print", page)
	}
}

type oneView struct {
	web.Base
	Account accounts.View
	Slip    bool // a slip may be printed
	Own     bool
	Steers  bool // the reader is the county
	Factor  accounts.Factor
}

func onePage(r *web.Request) error { return showOne(r, web.Form{}) }

func showOne(r *web.Request, form web.Form) error {
	var in accounts.AccountInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	var page oneView
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Account, err = accounts.Get(tx, by, in); err != nil {
			return err
		}
		page.Own, page.Steers = by.Account == in.ID, by.Has(access.County)
		page.Slip = !page.Own && accounts.Over(tx, by, in) == nil
		page.Factor, err = accounts.FactorOf(tx, in.ID)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("accounts.of", page.Account.Name)
	page.Form = form
	return r.Render("accounts/one", page)
}

func again(r *web.Request, err error) error {
	return r.Again(err, func(f web.Form) error { return showOne(r, f) })
}

// one answers one of the forms on an account's page.
func one[In any](op web.Op[In, accounts.View], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		err := r.Bind(&in)
		var v accounts.View
		if err == nil {
			v, err = web.Do(r, op, in)
		}
		if err != nil {
			return again(r, err)
		}
		return r.SeeNote("/accounts/"+v.ID.String(), note)
	}
}

type newView struct {
	web.Base
	Person access.PersonID
	Name   string // of the person
	Role   access.Role
	Q      string
	Roles  []web.Option
	Places []web.Option
	More   bool

	Longest date.Date // until which the role may be given; zero for no end
}

func newPage(r *web.Request) error { return showNew(r, web.Form{}) }

type newInput struct {
	Person access.PersonID `query:"person" form:"person"`
	Role   access.Role     `query:"role" form:"role"`
	Q      string          `query:"q" form:"q"`
}

func showNew(r *web.Request, form web.Form) error {
	var in newInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := newView{Person: in.Person, Role: in.Role, Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		if err := by.RequireAnywhere(access.AccountsManage); err != nil {
			return err
		}
		for _, role := range accounts.Givable(by) {
			page.Roles = append(page.Roles, web.Option{Value: string(role), Label: r.T("role." + string(role))})
		}
		if !in.Person.IsZero() {
			v, err := people.Get(tx, by, people.GetInput{ID: in.Person})
			if err != nil {
				return err
			}
			page.Name = v.Name
		}
		if in.Role == "" {
			return nil
		}
		found, err := accounts.Places(tx, by, accounts.PlacesInput{Role: in.Role, Q: in.Q})
		for _, p := range found.Items {
			label := p.Name
			if p.Above != "" {
				label += r.T("accounts.in", p.Above)
			}
			page.Places = append(page.Places, web.Option{Value: p.ID.String(), Label: label})
		}
		page.More = found.Next != ""
		if err == nil {
			page.Longest, err = accounts.LongestDay(tx, in.Role)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("accounts.new")
	page.Form = form
	return r.Render("accounts/new", page)
}

func addOne(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.ForInput
		err := r.Bind(&in)
		var batch accounts.Batch
		if err == nil {
			batch, err = web.Do(r, a.AddFor, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showNew(r, f) })
		}
		return r.See("/accounts/slips/" + batch.ID.String())
	}
}

type bulkView struct {
	web.Base
	Under string
	Units []web.Option
	Bulk  accounts.BulkView
	Rows  []bulkSchool
	Next  string
	Asked bool
}

// bulkSchool is a school with its posts.
type bulkSchool struct {
	ID    org.SiteID
	Name  string
	Posts []accounts.BulkRow
	New   bool // something is to be done
}

func bulkPage(r *web.Request) error { return showBulk(r, web.Form{}) }

type bulkInput struct {
	Under string `query:"under" form:"under"`
	After string `query:"after" form:"-"`
}

// bulkSchools is how many schools a page proposes.
const bulkSchools = 100

func showBulk(r *web.Request, form web.Form) error {
	var in bulkInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := bulkView{Under: in.Under}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.AccountsManage); err != nil {
			return err
		}
		if page.Units, err = bulkUnits(tx, by); err != nil {
			return err
		}
		if page.Under == "" && len(page.Units) == 1 {
			page.Under = page.Units[0].Value
		}
		if page.Under == "" {
			return nil
		}
		sites, err := org.Sites(tx, by, org.SitesInput{Under: page.Under, After: in.After, Limit: bulkSchools})
		if err != nil || len(sites.Items) == 0 {
			page.Asked = true
			return err
		}
		if sites.Next != "" {
			page.Next = "/accounts/bulk?" + url.Values{"under": {page.Under}, "after": {sites.Next}}.Encode()
		}
		return page.preview(tx, by, sites.Items)
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("accounts.bulk")
	page.Form = form
	return r.Render("accounts/bulk", page)
}

func (p *bulkView) preview(tx *db.Tx, by access.Actor, sites []org.SiteView) (err error) {
	p.Asked = true
	ids := make([]org.SiteID, len(sites))
	for i, s := range sites {
		ids[i] = s.ID
		p.Rows = append(p.Rows, bulkSchool{ID: s.ID, Name: s.Name})
	}
	if p.Bulk, err = accounts.PreviewBulk(tx, by, accounts.BulkInput{Sites: ids}); err != nil {
		return err
	}
	for _, row := range p.Bulk.Rows {
		i := slices.IndexFunc(p.Rows, func(s bulkSchool) bool { return s.ID == row.Site })
		p.Rows[i].Posts = append(p.Rows[i].Posts, row)
		p.Rows[i].New = p.Rows[i].New || row.State == accounts.BulkNew || row.State == accounts.BulkRole
	}
	return nil
}

// bulkUnits are the units that the reader makes accounts in, and those just below them.
func bulkUnits(tx *db.Tx, by access.Actor) ([]web.Option, error) {
	var out []web.Option
	for _, path := range by.Visible(access.AccountsManage).Paths {
		if !strings.HasPrefix(path, "/a/") {
			continue
		}
		for _, kind := range []org.Kind{org.Township, org.Village} {
			units, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: kind, Under: codeOf(path), Limit: 500})
			if err != nil {
				return nil, err
			}
			for _, u := range units.Items {
				if strings.HasPrefix(u.Path, path) && strings.Count(u.Path, "/") <= strings.Count(path, "/")+1 {
					out = append(out, web.Option{Value: u.Code, Label: u.Name})
				}
			}
		}
	}
	return out, nil
}

// codeOf is the code of the unit with the path.
func codeOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	return parts[len(parts)-1]
}

func addMany(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.BulkInput
		err := r.Bind(&in)
		var done accounts.BulkDone
		if err == nil {
			done, err = web.Do(r, a.AddMany, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showBulk(r, f) })
		}
		if done.Batch.N == 0 {
			return r.SeeNote("/accounts", "accounts.bulk_done", done.More)
		}
		return r.See("/accounts/slips/" + done.Batch.ID.String()) // no note: it would stand on the paper
	}
}
