package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"huotang/models/org"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// The sheet that a school signs is as many pages of A4 as it says, whatever the notice and the names are, and every page says which it is.
func TestPaperOfASchool(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 2, 0)
	clerk, county := h.desk(t, c.clerk), h.client(t, c.office)
	program := h.client(t, c.clerk)
	version := 1
	check := func(site org.SiteID, what string) {
		t.Helper()
		clerk.Open("/privacy/paper/" + site.String())
		want := len(clerk.Printed(".consent"))
		if got := pagesOf(clerk.PDF()); got != want || want == 0 {
			t.Errorf("%s: %d pages of paper, and the sheets say %d", what, got, want)
		}
		clerk.See(fmt.Sprintf("第%d页", want), fmt.Sprintf("共%d页", want))
	}
	for i := range 60 {
		name := "字文学"
		if i%3 == 0 {
			name = "阿布都热合曼·买买提依明·艾尔肯阿布都热合曼"
		}
		peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: fmt.Sprint(name, i), Site: c.Sister.ID})
	}
	check(c.Site.ID, "the notice that came with the program")
	check(c.Sister.ID, "the same with many names")
	for what, body := range map[string]string{
		"one long paragraph":  strings.Repeat("收集这些信息只为了办好家庭党校。", 490),
		"many short ones":     strings.Repeat("# 收集什么\n姓名和村\n", 400),
		"latin letters":       strings.Repeat("family school ", 500),
		"quotes and numerals": strings.Repeat("“凤庆县”——2026年11月23日、第3次、共12人；", 180),
	} {
		version++
		send[privacy.TextView](t, county, http.MethodPost, "/privacy/texts", map[string]any{"version": version - 1, "body": body})
		for _, one := range []*client{county, program} {
			send[privacy.ConsentView](t, one, http.MethodPost, "/privacy/consent/agree", map[string]any{"version": version})
		}
		check(c.Site.ID, what)
		check(c.Sister.ID, what+", many names")
	}
}
