package people

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/people"
)

type likelyPage struct {
	web.Base
	List []people.Likely
	Next string
}

// likely lists records that may be one person's.
func likely(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.LikelyInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		found, err := web.Ask(r, a.Likely, in)
		if err != nil {
			return err
		}
		page := likelyPage{Base: r.Base("people.likely_title"), List: found.Items}
		if found.Next != "" {
			q := url.Values{"after": {found.Next}}
			if !in.Person.IsZero() {
				q.Set("person", in.Person.String())
			}
			page.Next = "/people/same?" + q.Encode()
		}
		return r.Render("people/likely", page)
	}
}

type comparePage struct {
	web.Base
	Pair  people.Pair
	One   people.View // alone, while the other is not chosen
	Q     string
	Found []people.View
}

type compareQuery struct {
	people.PairInput
	Q string `query:"q"`
}

// compare shows two records beside each other; with one only, it looks for the other.
func compare(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in compareQuery
		if err := r.Bind(&in); err != nil {
			return err
		}
		if in.Other.IsZero() && !in.Person.IsZero() {
			return findOther(r, a, in)
		}
		return showPair(r, a, in.PairInput, web.Form{})
	}
}

func showPair(r *web.Request, a *people.Area, in people.PairInput, form web.Form) error {
	pair, err := web.Ask(r, a.Compare, in)
	if err != nil {
		return err
	}
	page := comparePage{Base: r.Base("people.compare_title"), Pair: pair}
	page.Form = form
	return r.Render("people/compare", page)
}

func findOther(r *web.Request, a *people.Area, in compareQuery) error {
	page := comparePage{Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.PeopleMerge); err != nil {
			return err
		}
		if page.One, err = a.Get(tx, by, people.GetInput{ID: in.Person}); err != nil {
			return err
		}
		if page.Q == "" {
			page.Q = page.One.Name
		}
		found, err := a.List(tx, by, people.ListInput{Q: page.Q, Gone: true, Limit: 30})
		for _, v := range found.Items {
			if v.ID != page.One.ID && v.Shown {
				page.Found = append(page.Found, v)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.compare_title")
	return r.Render("people/compare", page)
}

// decide merges the two, or notes that they are two.
func decide(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		if r.Form().Get("act") == "distinct" {
			var in people.PairInput
			err := r.Bind(&in)
			if err == nil {
				_, err = web.Do(r, a.SetDistinct, in)
			}
			if err != nil {
				return err
			}
			return r.SeeNote("/people/same", "people.distinct_kept")
		}
		var in people.MergeInput
		err := r.Bind(&in)
		var done people.Merged
		if err == nil {
			done, err = web.Do(r, a.Merge, in)
		}
		if err != nil {
			pair := people.PairInput{Person: in.Kept, Other: in.Gone}
			if in.Kept.IsZero() || in.Gone.IsZero() || in.Kept == in.Gone {
				return err
			}
			return r.Again(err, func(f web.Form) error { return showPair(r, a, pair, f) })
		}
		return r.SeeNote("/people/"+done.Kept.String(), "people.merge_done")
	}
}

func unmerge(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.UnmergeInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		done, err := web.Do(r, a.Unmerge, in)
		if err != nil {
			return err
		}
		return r.SeeNote("/people/"+done.Kept.String(), "people.merge_undone_note")
	}
}
