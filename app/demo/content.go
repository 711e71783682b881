package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

//go:embed data/*.csv data/*.json
var files embed.FS

// row is one line of a CSV file by column name.
type row map[string]string

// number reads a cell that must be an integer; empty is 0.
func (r row) number(column string) (int, error) {
	if r[column] == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(r[column])
	if err != nil {
		return 0, fmt.Errorf("column %s: %w", column, err)
	}
	return n, nil
}

// content is what the embedded files say, parsed but not yet drawn from.
type content struct {
	divisions []row
	townships map[string]row   // by code
	mixes     map[string][]int // weights of the peoples in each township, by code
	surnames  map[string]weightedNames
	given     map[string][]string // by cohort, gender and position
	groups    map[string][]string // by kind
	lecturers []row
	courses   []row
	lessons   []row
	notices   []publicText
	feedback  []publicText
}

// weightedNames are surnames with their weights.
type weightedNames struct {
	names   []string
	weights []int
}

// publicText is a notice or a feedback of the JSON files, dated backwards from today.
type publicText struct {
	Title           string `json:"title"`
	Body            string `json:"body"`
	Text            string `json:"text"`
	Answer          string `json:"answer"`
	DaysAgo         int    `json:"days_ago"`
	AskedDaysAgo    int    `json:"asked_days_ago"`
	AnsweredDaysAgo int    `json:"answered_days_ago"`
}

// load reads every embedded file.
func load() (*content, error) {
	c := &content{}
	var townships, surnames, given, groups []row
	tables := []struct {
		name string
		into *[]row
	}{
		{"divisions", &c.divisions},
		{"townships", &townships},
		{"surnames", &surnames},
		{"given_names", &given},
		{"groups", &groups},
		{"lecturers", &c.lecturers},
		{"courses", &c.courses},
		{"lessons", &c.lessons},
	}
	for _, t := range tables {
		rows, err := table("data/" + t.name + ".csv")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		*t.into = rows
	}
	if err := c.loadTownships(townships); err != nil {
		return nil, err
	}
	if err := c.loadNames(surnames, given, groups); err != nil {
		return nil, err
	}
	return c, c.loadPublic()
}

// loadTownships keeps what the project adds to the official list. The shares of the
// peoples are of a hundred, and who is left is Han.
func (c *content) loadTownships(townships []row) error {
	c.townships, c.mixes = map[string]row{}, map[string][]int{}
	for _, t := range townships {
		mix := []int{100}
		for _, people := range peoples()[1:] {
			share, err := t.number(people)
			if err != nil {
				return fmt.Errorf("township %s: %w", t["code"], err)
			}
			mix = append(mix, share)
			mix[0] -= share
		}
		c.townships[t["code"]], c.mixes[t["code"]] = t, mix
	}
	return nil
}

// loadNames sorts the name lists by what they are drawn for.
func (c *content) loadNames(surnames, given, groups []row) error {
	c.surnames = map[string]weightedNames{}
	for _, r := range surnames {
		weight, err := r.number("weight")
		if err != nil {
			return fmt.Errorf("surname %s: %w", r["surname"], err)
		}
		w := c.surnames[r["people"]]
		w.names = append(w.names, r["surname"])
		w.weights = append(w.weights, weight)
		c.surnames[r["people"]] = w
	}
	c.given = map[string][]string{}
	for _, r := range given {
		key := r["cohort"] + "." + r["gender"] + "." + r["position"]
		if r["position"] == "whole" {
			c.given[key] = strings.Fields(r["characters"])
			continue
		}
		c.given[key] = strings.Split(r["characters"], "")
	}
	c.groups = map[string][]string{}
	for _, r := range groups {
		c.groups[r["kind"]] = strings.Fields(r["names"])
	}
	return nil
}

func (c *content) loadPublic() error {
	if err := readJSON("data/notices.json", &c.notices); err != nil {
		return err
	}
	return readJSON("data/feedback.json", &c.feedback)
}

// table reads a CSV file with a header line.
func table(name string) ([]row, error) {
	raw, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	rows := make([]row, 0, len(lines)-1)
	for _, line := range lines[1:] {
		r := make(row, len(line))
		for i, cell := range line {
			r[lines[0][i]] = cell
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func readJSON(name string, into any) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
