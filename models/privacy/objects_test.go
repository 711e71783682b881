package privacy_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huotang/models/lang"
	"huotang/models/privacy"
)

// without says of kinds of object why they have no history of their own.
var without = map[string]string{
	"audit":        "an export of the list of acts stands in that list, which is its history",
	"video":        "told in the history of its lesson",
	"sign_in":      "gone when it is ended; the act stands among those of the account that ended it",
	"job_run":      "a run is a line of its job's history: the page of jobs tells who began it, when, and what it did",
	"message":      "what failed is sent again many at once; the page of messages shows what became of it, the list of acts who did it",
	"people":       "an export is of many at once; it stands in the list of acts",
	"calendar_day": "told in the history of its year",
	"keys":         "they have no page: whoever keeps the machine changes them by a command, and the list of acts tells",
}

var objects = regexp.MustCompile(`audit\.Row\{(?:[^{}]|\{[^{}]*\})*?Object:\s*"(\w+)"`)

// Every kind of object that an act is kept of has a history, or a reason above why it has none; and each has a word.
func TestEveryObjectHasAHistory(t *testing.T) {
	found := map[string]string{}
	for _, root := range []string{"..", "../../jobs", "../../app", "../../handlers", "../../media"} {
		err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(os.DirFS(root), path)
			for _, m := range objects.FindAllStringSubmatch(string(text), -1) {
				found[m[1]] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 15 {
		t.Fatalf("%v", found)
	}
	have := privacy.HistoryObjects()
	for object, path := range found {
		if !lang.Has("history.object." + object) {
			t.Errorf("%s of %s has no word", object, path)
		}
		if _, said := without[object]; !slices.Contains(have, object) && !said {
			t.Errorf("%s of %s has no history: give it a lookup and a link, or say here why not", object, path)
		}
	}
	for object := range without {
		if _, kept := found[object]; !kept || slices.Contains(have, object) {
			t.Errorf("%s needs no reason", object)
		}
	}
}
