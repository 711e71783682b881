package curricula

import (
	"net/url"
	"slices"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// audiencePage says whom the draft is for.
type audiencePage struct {
	planPage
	Q      string
	Sites  []org.SiteView // those that the search finds
	Kept   []string       // chosen, but not among them
	Count  int            // licensed schools of the unit
	chosen []string
}

// Chosen reports a school that is ticked.
func (p audiencePage) Chosen(s org.SiteID) bool { return slices.Contains(p.chosen, s.String()) }

type audienceInput struct {
	ID curricula.CurriculumID `path:"id"`
	Q  string                 `query:"q"`
}

func audience(r *web.Request) error {
	var in audienceInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderAudience(r, in, nil)
}

// mostSites is the most schools on one page; a county has 583.
const mostSites = 1000

func renderAudience(r *web.Request, in audienceInput, form *web.Form) error {
	plan, err := editable(r, in.ID)
	if err != nil {
		return err
	}
	page := audiencePage{planPage: plan, Q: in.Q}
	err = r.Read(func(tx *db.Tx, by access.Actor) error {
		all, err := org.Sites(tx, by, org.SitesInput{Under: plan.Plan.UnitCode, Licence: org.Licensed, Limit: mostSites})
		if err != nil {
			return err
		}
		page.Sites, page.Count = all.Items, len(all.Items)
		if in.Q == "" {
			return nil
		}
		found, err := org.Sites(tx, by, org.SitesInput{Under: plan.Plan.UnitCode, Licence: org.Licensed, Q: in.Q, Limit: mostSites})
		page.Sites = found.Items
		return err
	})
	if err != nil {
		return err
	}
	page.choose(form)
	page.base = base{r.Base("curricula.audience")}
	if form == nil {
		form = &web.Form{Values: url.Values{"all": {"0"}}}
		if plan.Plan.Audience.All {
			form.Values.Set("all", "1")
		}
	}
	page.Form = *form
	return r.Render("curricula/audience", page)
}

// choose ticks what was sent, or what the draft has, and keeps what the search hides.
func (p *audiencePage) choose(form *web.Form) {
	if form != nil {
		p.chosen = form.Values["sites"]
	} else {
		for _, s := range p.Plan.Audience.Schools {
			p.chosen = append(p.chosen, s.ID.String())
		}
	}
	for _, c := range p.chosen {
		if !slices.ContainsFunc(p.Sites, func(s org.SiteView) bool { return s.ID.String() == c }) {
			p.Kept = append(p.Kept, c)
		}
	}
}

func setAudience(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in curricula.SetAudienceInput
		var at audienceInput
		err := r.Bind(&in)
		if err2 := r.Bind(&at); err == nil {
			err = err2
		}
		if err == nil {
			_, err = web.Do(r, a.SetAudience, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderAudience(r, at, &f) })
		}
		return r.SeeNote("/curricula/"+in.ID.String(), "curricula.saved_note")
	}
}

// publishPage shows what will change, before it is sent to the schools.
func publishPage(r *web.Request) error {
	var in curricula.HistoryInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderPublish(r, in.ID, web.Form{})
}

func renderPublish(r *web.Request, id curricula.CurriculumID, form web.Form) error {
	page, err := editable(r, id)
	if err != nil {
		return err
	}
	if page.Plan.Current == 0 { // everything is new: the page says whom it is for and shows the plan
		if page.Diff, err = web.Ask(r, curricula.Compare, curricula.DiffInput{ID: id}); err != nil {
			return err
		}
	}
	page.base = base{r.Base("curricula.publish")}
	page.Form = form
	return r.Render("curricula/publish", page)
}

func publish(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in curricula.PublishInput
		err := r.Bind(&in)
		var out curricula.Published
		if err == nil {
			out, err = web.Do(r, a.Publish, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderPublish(r, in.ID, f) })
		}
		return r.SeeNote("/curricula/"+in.ID.String(), "curricula.published_note", out.Version, out.Schools)
	}
}

// versionsPage lists what was published.
type versionsPage struct {
	planPage
	Versions []curricula.VersionView
}

func versions(r *web.Request) error {
	var in curricula.HistoryInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	plan, err := readPlan(r, curricula.GetInput{ID: in.ID})
	if err != nil {
		return err
	}
	found, err := web.Ask(r, curricula.History, in)
	if err != nil {
		return err
	}
	page := versionsPage{plan, found.Items}
	page.base = base{r.Base("curricula.versions")}
	return r.Render("curricula/versions", page)
}

// version shows one version: what it changed, and the whole of it.
func version(r *web.Request) error {
	var in curricula.DiffInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if in.Version < 1 {
		return fail.NotFound("curricula.version_missing")
	}
	page, err := readPlan(r, curricula.GetInput(in))
	if err != nil {
		return err
	}
	if page.Diff, err = web.Ask(r, curricula.Compare, in); err != nil {
		return err
	}
	page.base = base{r.Base("curricula.version_n", in.Version)}
	return r.Render("curricula/version", page)
}
