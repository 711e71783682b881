package papers

import (
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/papers"
)

// book prints the year's record book of a school: cover, contents, and every record.
func book(r *web.Request) error {
	var in papers.BookInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := leavesPage{}
	p := printer{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Book, err = papers.Book(tx, by, in); err != nil {
			return err
		}
		var who []accounts.AccountID
		for _, s := range page.Book.Sessions {
			who = append(who, s.SubmittedBy)
		}
		for i := range 3 {
			page.Years = append(page.Years, tx.Today().Year()-i)
		}
		p.accounts, err = accounts.Names(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = base(r, "papers.book_title", page.Book.Year)
	p.Base, page.Back = page.Base, "/sites/"+in.Site.String()
	page.Leaves = p.book(page.Book)
	return r.Render("papers/leaves", page)
}

// book lays the leaves out; the contents say on which page each record is.
func (p printer) book(v papers.BookView) []leaf {
	contents := max(1, (len(v.Sessions)+indexRows-1)/indexRows)
	out := make([]leaf, 1+contents)
	out[0].What = "cover"
	for i := range contents {
		out[1+i].What, out[1+i].Part, out[1+i].Many = "contents", i+1, contents
	}
	for i, s := range v.Sessions {
		line := indexed{
			Number: i + 1, Date: p.Date(s.HeldOn), Kind: kinds(p.Base, s.Kinds), Came: number(s.Present) + "/" + number(s.Due), Page: len(out) + 1,
		}
		var titles []string
		for _, l := range s.Lessons {
			titles = append(titles, l.Title)
		}
		line.Lessons = strings.Join(append(titles, p.ways(s)...), "；")
		at := &out[1+i/indexRows]
		at.Index = append(at.Index, line)
		for _, k := range s.Kinds {
			out = append(out, p.records(s, k)...)
		}
	}
	numbered(out)
	return out
}
