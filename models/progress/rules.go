package progress

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/settings"
)

// RulesInput is empty.
type RulesInput struct{}

// RulesView is every rule about study hours with the day from which it holds, the newest first. What came with the program is the
// last of each and has no day.
type RulesView struct {
	Hours      []HoursVersion     `json:"hours"`
	Thresholds []ThresholdVersion `json:"thresholds"`
}

// HoursVersion is a table that turns minutes into hours.
type HoursVersion struct {
	From date.Date `json:"from,omitzero"`
	Rule Rule      `json:"rule"`
	Now  bool      `json:"now"` // holds today
}

// ThresholdVersion is what is to be reached from a year on.
type ThresholdVersion struct {
	Year  int        `json:"year,omitzero"` // 0 for what came with the program
	Value Thresholds `json:"value"`
	Now   bool       `json:"now"`
}

// Rules lists the rules. Permission: ProgressOwn, which everybody who is signed in has: whom they count may read them.
func Rules(tx *db.Tx, by access.Actor, _ RulesInput) (RulesView, error) {
	v := RulesView{Hours: []HoursVersion{}, Thresholds: []ThresholdVersion{}}
	if err := by.RequireAnywhere(access.ProgressOwn); err != nil {
		return v, err
	}
	hours, err := settings.All(tx, Hours)
	if err != nil {
		return v, err
	}
	found := false
	for _, f := range slices.Backward(hours[settings.UnitID{}]) {
		now := !found && !f.ValidFrom.After(tx.Today())
		found = found || now
		v.Hours = append(v.Hours, HoursVersion{f.ValidFrom, f.Value, now})
	}
	v.Hours = append(v.Hours, HoursVersion{Rule: Hours.Default, Now: !found})
	thresholds, err := settings.All(tx, Threshold)
	found = false
	for _, f := range slices.Backward(thresholds[settings.UnitID{}]) {
		now := !found && f.ValidFrom.Year() <= tx.Today().Year()
		found = found || now
		v.Thresholds = append(v.Thresholds, ThresholdVersion{f.ValidFrom.Year(), f.Value, now})
	}
	v.Thresholds = append(v.Thresholds, ThresholdVersion{Value: Threshold.Default, Now: !found})
	return v, err
}

// mostSteps is how many lines a table has.
const mostSteps = 5

// SetHoursInput is a table of hours from a day on. The faults of a line are named after its place: "minutes_1", "hours_1".
type SetHoursInput struct {
	From  date.Date `json:"from" form:"from"` // first day of study that it counts; zero means today
	Steps []Step    `json:"steps"`            // the longest first
}

// SetHours sets the table that turns the minutes of a lesson into hours, for study from a day on. Credits that were given stay,
// each with the rule that gave it; a later correction of an earlier evening counts by the rule of that evening. Another table for
// the same day takes the place of the one before. Locks the county. Permission: SettingsEdit on the county.
func SetHours(tx *db.Tx, by access.Actor, in SetHoursInput) (RulesView, error) {
	if err := lockCounty(tx, by); err != nil {
		return RulesView{}, err
	}
	rule, err := in.check(tx)
	if err != nil {
		return RulesView{}, err
	}
	if err := settings.Put(tx, by, Hours, settings.UnitID{}, rule.Since, rule); err != nil {
		return RulesView{}, err
	}
	return Rules(tx, by, RulesInput{})
}

func lockCounty(tx *db.Tx, by access.Actor) error {
	root, err := org.Root(tx)
	if err != nil {
		if ask := by.RequireAnywhere(access.SettingsEdit); ask != nil {
			return ask
		}
		return err
	}
	if err := by.Require(access.SettingsEdit, root.Path); err != nil {
		return err
	}
	if tx.Writes() {
		_, err = org.LockUnit(tx, root.ID)
	}
	return err
}

func (in SetHoursInput) check(tx *db.Tx) (Rule, error) {
	var c fail.Check
	from := in.From
	if from.IsZero() {
		from = tx.Today()
	}
	c.If(from.Before(tx.Today()), "from", "progress.rule_past")
	c.If(from.Year() > tx.Today().Year()+5, "from", "progress.rule_far")
	c.If(len(in.Steps) == 0, "minutes_1", "input.required")
	c.If(len(in.Steps) > mostSteps, "steps", "input.range", 1, mostSteps)
	for i, s := range in.Steps[:min(len(in.Steps), mostSteps)] {
		minutes, hours := fmt.Sprintf("minutes_%d", i+1), fmt.Sprintf("hours_%d", i+1)
		c.Range(minutes, s.From, 1, 600)
		c.If(s.CentiHours < 0 || s.CentiHours > 2400, hours, "progress.rule_hours")
		if i > 0 {
			c.If(s.From >= in.Steps[i-1].From, minutes, "progress.rule_order")
			c.If(s.CentiHours > in.Steps[i-1].CentiHours, hours, "progress.rule_more")
		}
	}
	return Rule{Code: "county-" + from.String(), Since: from, Steps: in.Steps}, c.Err()
}

// HoursPreview says what a table would change.
type HoursPreview struct {
	From    date.Date     `json:"from"`
	Lessons int           `json:"lessons"` // reviewed ones
	Changed int           `json:"changed"` // of those, that would give another figure
	Lines   []PreviewLine `json:"lines"`   // by the minutes that lessons have, the shortest first
}

// PreviewLine is what a lesson of so many minutes gives, and would give.
type PreviewLine struct {
	Minutes int `json:"minutes"`
	Lessons int `json:"lessons"`
	Before  int `json:"before"` // centi-hours
	After   int `json:"after"`
}

// PreviewHours says what [SetHours] would change for the lessons that are there, and changes nothing. Permission: as for SetHours.
func PreviewHours(tx *db.Tx, by access.Actor, in SetHoursInput) (HoursPreview, error) {
	if err := lockCounty(tx, by); err != nil {
		return HoursPreview{}, err
	}
	rule, err := in.check(tx)
	if err != nil {
		return HoursPreview{}, err
	}
	now, err := settings.Get(tx, Hours, rule.Since)
	if err != nil {
		return HoursPreview{}, err
	}
	lines, err := db.Ask[PreviewLine](tx, "SELECT minutes, COUNT(*) AS lessons FROM lessons l WHERE "+courses.Reviewed+" GROUP BY minutes ORDER BY minutes")
	v := HoursPreview{From: rule.Since, Lines: lines}
	for i := range v.Lines {
		l := &v.Lines[i]
		l.Before, l.After = now.Value.CentiHours(l.Minutes), rule.CentiHours(l.Minutes)
		if v.Lessons += l.Lessons; l.Before != l.After {
			v.Changed += l.Lessons
		}
	}
	return v, err
}

// SetThresholdInput is what is to be reached in a year and those after it, in hundredths of an hour.
type SetThresholdInput struct {
	Year      int `json:"year" form:"year"`
	Member    int `json:"member"`
	Secretary int `json:"secretary"`
}

// SetThreshold sets what members, and secretaries with the committees of branches, are to reach from a year on. Years that are over
// keep theirs. Locks the county. Permission: SettingsEdit on the county.
func SetThreshold(tx *db.Tx, by access.Actor, in SetThresholdInput) (RulesView, error) {
	if err := lockCounty(tx, by); err != nil {
		return RulesView{}, err
	}
	if err := in.check(tx); err != nil {
		return RulesView{}, err
	}
	if err := settings.Put(tx, by, Threshold, settings.UnitID{}, date.New(in.Year, 1, 1), Thresholds{in.Member, in.Secretary}); err != nil {
		return RulesView{}, err
	}
	return Rules(tx, by, RulesInput{})
}

func (in SetThresholdInput) check(tx *db.Tx) error {
	var c fail.Check
	this := tx.Today().Year()
	c.Range("year", in.Year, this, this+10)
	c.If(in.Member < 0 || in.Member > 50000, "member", "progress.rule_year_hours")
	c.If(in.Secretary < 0 || in.Secretary > 50000, "secretary", "progress.rule_year_hours")
	return c.Err()
}

// ThresholdPreview says whom a threshold concerns today, and what it changes.
type ThresholdPreview struct {
	Year        int        `json:"year"`
	Before      Thresholds `json:"before"` // of that year as things stand
	After       Thresholds `json:"after"`
	Members     int        `json:"members"`     // who have the one figure
	Secretaries int        `json:"secretaries"` // who have the other
}

// PreviewThreshold says what [SetThreshold] would change, and changes nothing. Permission: as for SetThreshold.
func PreviewThreshold(tx *db.Tx, by access.Actor, in SetThresholdInput) (ThresholdPreview, error) {
	if err := lockCounty(tx, by); err != nil {
		return ThresholdPreview{}, err
	}
	if err := in.check(tx); err != nil {
		return ThresholdPreview{}, err
	}
	now, err := settings.Get(tx, Threshold, date.New(in.Year, 12, 31))
	if err != nil {
		return ThresholdPreview{}, err
	}
	v := ThresholdPreview{Year: in.Year, Before: now.Value, After: Thresholds{in.Member, in.Secretary}}
	v.Members, v.Secretaries, err = people.Thresholded(tx, tx.Today())
	return v, err
}
