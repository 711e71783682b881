package web

import (
	"testing"

	"huotang/models/access"
	"huotang/models/lang"
)

func TestNavMarksWhereThePageStands(t *testing.T) {
	for _, c := range []struct {
		role       access.Role
		path, want string
	}{
		{access.Township, "/courses/1", "/courses"},
		{access.Township, "/lessons/1/video", "/courses"},
		{access.Trainee, "/lessons/1/play", "/catalogue"},
		{access.Village, "/households/1", "/people"},
		{access.Township, "/notices", "/me"},
		{access.Trainee, "/me/study", "/me/study"},
		{access.Township, "/people/1/edit", "/me"},
		{access.Township, "/sites/1", "/month"},
		{access.County, "/accounts/bulk", "/me"},
		{access.County, "/countywide", ""},
	} {
		by := access.New(access.AccountID{1}, access.PersonID{}, "", []access.Grant{{Role: c.role, Path: "/a/"}})
		got := ""
		for _, i := range nav(by, lang.Chinese, c.path) {
			if i.Current {
				got += i.Path
			}
		}
		if got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.role, c.path, got, c.want)
		}
	}
}
