package privacy

import (
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// worded find objects whose identity is a word or a year, or which have no page of one ID: what [lookups] does for the others.
var worded = map[string]func(tx *db.Tx, by access.Actor, key string) (subject, error){
	"setting": settingSubject, "retention": retentionSubject, "calendar_year": yearSubject, "privacy_text": textSubject,
}

// settingSubject is a rule: of the whole county by its name, "progress.hours", or of one unit, "calendar.activity_rule:<unit>".
// Permission: CalendarSee on the unit; of all units those who set rules or read all acts.
func settingSubject(tx *db.Tx, by access.Actor, key string) (subject, error) {
	name, unit, one := strings.Cut(key, ":")
	s := subject{name: name, of: []thing{{object: "setting", id: name}}}
	if !one {
		if by.Visible(access.SettingsEdit).Empty() && by.Visible(access.AuditSee).Empty() {
			return s, fail.NotFound("access.not_found")
		}
		return s, nil
	}
	of, err := id.Parse[anyTag](unit)
	if err != nil {
		return s, fail.NotFound("access.not_found")
	}
	u, err := org.FindUnit(tx, org.UnitID(of))
	if err == nil {
		err = by.Require(access.CalendarSee, u.Path)
	}
	s.name, s.of[0].unit = u.Name, of
	return s, err
}

// retentionSubject is how long a kind of data is kept, and what was dropped of it. Permission: AuditSee.
func retentionSubject(_ *db.Tx, by access.Actor, key string) (subject, error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return subject{}, err
	}
	if !slices.Contains(Kinds(), Kind(key)) {
		return subject{}, fail.NotFound("privacy.no_kind")
	}
	return subject{name: key, of: []thing{{object: "retention", id: key}, {object: "setting", id: "retention." + key}}}, nil
}

// yearSubject is a year's holidays with all its days. Permission: CalendarSee anywhere.
func yearSubject(_ *db.Tx, by access.Actor, key string) (subject, error) {
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return subject{}, err
	}
	year, err := strconv.Atoi(key)
	if err != nil || year < 2000 || year > 2999 {
		return subject{}, fail.NotFound("access.not_found")
	}
	of := []thing{{object: "calendar_year", id: key}, {object: "calendar_day", id: date.New(year, 1, 1).String(), to: date.New(year, 12, 31).String()}}
	return subject{name: key, of: of}, nil
}

// textSubject is the county's notice about personal data. Permission: AuditSee.
func textSubject(tx *db.Tx, by access.Actor, _ string) (subject, error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return subject{}, err
	}
	county, err := org.Root(tx)
	return subject{name: county.Name, of: []thing{{object: "privacy_text", id: county.ID.String()}}}, err
}

// noticeSubject is a notice. Permission: NoticesPublish or AuditSee on its unit.
func noticeSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	return kept(tx, by, "notice", key, "SELECT n.title AS name, u.path FROM notices n JOIN units u ON u.id = n.unit_id WHERE n.id = ?", access.NoticesPublish, access.AuditSee)
}

// feedbackSubject is what somebody said, by its code. Permission: FeedbackAnswer, or AuditSee on the county.
func feedbackSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	return kept(tx, by, "feedback", key, "SELECT f.code AS name, u.path FROM feedback f JOIN units u ON u.kind = 'county' WHERE f.id = ?", access.FeedbackAnswer, access.AuditSee)
}

// importSubject is a list that somebody brought in. Permission: its account, or AuditSee on its unit.
func importSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	mine, err := db.Ask[string](tx, "SELECT i.file_name FROM imports i WHERE i.id = ? AND i.account_id = ?", key, by.Account)
	if err == nil && len(mine) > 0 {
		return subject{name: mine[0], of: []thing{{object: "import", id: key.String()}}}, nil
	}
	if err != nil {
		return subject{}, err
	}
	return kept(tx, by, "import", key, "SELECT i.file_name AS name, COALESCE(u.path, '') AS path FROM imports i LEFT JOIN units u ON u.id = i.unit_id WHERE i.id = ?", access.AuditSee)
}

// kept is an object that a query gives a name and a path; not_found for who holds none of the permissions there.
func kept(tx *db.Tx, by access.Actor, object string, key anyID, query string, need ...access.Permission) (subject, error) {
	rows, err := db.Ask[struct{ Name, Path string }](tx, query, key)
	if err != nil {
		return subject{}, err
	}
	may := len(rows) > 0 && slices.ContainsFunc(need, func(p access.Permission) bool { return by.Can(p, rows[0].Path) })
	if !may {
		return subject{}, fail.NotFound("access.not_found")
	}
	return subject{name: rows[0].Name, of: []thing{{object: object, id: key.String()}}}, nil
}
