package main

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"huotang/configs"
	"huotang/handlers"
	"huotang/models/lang"
)

// alerts is the form of configs/alerts.yaml, a file of rules for Prometheus.
type alerts struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

// Every job that the program has is looked at by an example of an alert, and has its time and its name in words.
func TestEveryJobHasItsAlert(t *testing.T) {
	text, err := os.ReadFile("../configs/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file alerts
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict(), yaml.AllowDuplicateMapKey()); err != nil {
		t.Fatal(err)
	}
	var exprs []string
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			exprs = append(exprs, r.Expr)
		}
	}
	whole := strings.Join(exprs, "\n")
	all := everyJob(configs.Default().Schedules, handlers.Areas{})
	if len(all) < 8 {
		t.Fatalf("only %d jobs", len(all))
	}
	for _, j := range all {
		if !strings.Contains(whole, `job="`+j.Name+`"`) {
			t.Errorf("%s has no alert", j.Name)
		}
		if j.Spec == "" || !lang.Has("jobs.name."+j.Name) {
			t.Errorf("%s has no time, or no name in words", j.Name)
		}
	}
	for _, name := range []string{"huotang_outbox_oldest_seconds", "huotang_outbox_given_up"} {
		if !strings.Contains(whole, name) {
			t.Errorf("no alert looks at %s", name)
		}
	}
}
