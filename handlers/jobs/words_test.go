package jobs

import (
	"testing"

	"huotang/handlers/web"
	"huotang/models/lang"
)

func TestSaid(t *testing.T) {
	for summary, want := range map[string]string{
		"":                                     "",
		"townships 13, years loaded 0, kept 2": "13个乡镇，2天照旧",
		"completed 0, failed 0":                "没有要做的",
		"no difference":                        "没有差错",
		"wonders 3, marvels 0":                 "wonders 3",
		"as it was":                            "as it was",
	} {
		if got := said(web.Base{Lang: lang.Chinese}, summary); got != want {
			t.Errorf("%q: %q, want %q", summary, got, want)
		}
	}
	if got := said(web.Base{Lang: lang.English}, "added 1, sign_ins 4"); got != "1 day added, 4 expired sign-ins" {
		t.Errorf("in English: %q", got)
	}
}
