package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

// pagesOf counts the pages of a PDF as Chromium writes it.
func pagesOf(pdf []byte) int {
	return bytes.Count(pdf, []byte("/Type /Page")) - bytes.Count(pdf, []byte("/Type /Pages"))
}

// Eight slips fill one sheet of A4, whatever the names, and the ninth begins the next; nothing on them is cut off, and a code
// that is scanned is large enough for an old phone.
func TestSlipsOnPaper(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 2, 0)
	clerk, api := h.desk(t, c.clerk), h.client(t, c.clerk)
	var list []accounts.AccountID
	for i := range 9 {
		name := "字文学"
		if i%2 == 0 {
			name = "阿布都热合曼·买买提依明" // as long as names of minorities are
		}
		name = fmt.Sprint(name, i)
		person := peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: name})
		h.env.Do(t, func(tx *db.Tx) error {
			v, err := accounts.Add(tx, orgtest.By, accounts.AddInput{Username: strings.ReplaceAll(name, "·", ""), Name: name, Person: person})
			if err == nil {
				_, err = accounts.Grant(tx, orgtest.By, accounts.GrantInput{Account: v.ID, Role: access.Host, Unit: org.SiteUnit(c.Site.ID)})
			}
			list = append(list, v.ID)
			return err
		})
	}
	const least = 30 // mm of a code, without its margin
	for n, pages := range map[int]int{8: 1, 9: 2} {
		batch := send[accounts.Batch](t, api, "POST", "/accounts/slips", map[string]any{"accounts": list[:n]})
		clerk.Open("/accounts/slips/" + batch.ID.String())
		slips, codes := clerk.Printed(".slip"), clerk.Printed(".slip .qr path:last-child")
		if len(slips) != n || len(codes) != n {
			t.Errorf("%d slips with %d codes, want %d", len(slips), len(codes), n)
		}
		for _, s := range slips {
			if s.Cut {
				t.Errorf("something on a slip of %.0f×%.0f mm does not fit", s.Width, s.Height)
			}
		}
		for _, q := range codes {
			if q.Width < least || q.Height < least {
				t.Errorf("a code is %.1f×%.1f mm", q.Width, q.Height)
			}
		}
		if got := pagesOf(clerk.PDF()); got != pages {
			t.Errorf("%d slips fill %d pages, want %d", n, got, pages)
		}
	}
	h.settled(clerk)
}
