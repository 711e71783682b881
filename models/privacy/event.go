package privacy

import (
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// Event is one act as people read it: an audit row, or the change of a mark, with the names that hold now.
type Event struct {
	At       time.Time        `json:"at"`
	Account  access.AccountID `json:"account,omitzero"`
	Who      string           `json:"who"`    // "" for the machine and for visitors
	System   string           `json:"system"` // the job, "" for people
	Act      string           `json:"act"`
	Object   string           `json:"object"`
	ObjectID string           `json:"object_id"`
	Name     string           `json:"name"` // of the object, "" where it has none
	Unit     string           `json:"unit"` // name
	Changes  []Change         `json:"changes"`
	Why      string           `json:"why,omitempty"` // of a corrected mark, as its recorder wrote it

	key int64 // in audit_rows
}

// markAct is the act of a changed mark, which has a table of its own.
const markAct = "mark.change"

type auditLine struct {
	ID        int64
	At        time.Time
	AccountID *access.AccountID
	System    string
	Act       string
	Object    string
	ObjectID  string
	UnitID    *org.UnitID
	Changed   string
}

const auditColumns = "a.id, a.at, a.account_id, a.`system`, a.act, a.object, a.object_id, a.unit_id, a.changed"

// named turns audit rows into events.
func named(tx *db.Tx, lines []auditLine) ([]Event, error) {
	var n namer
	events := make([]Event, len(lines))
	for i, l := range lines {
		e := Event{
			At: l.At, Account: id.Or(l.AccountID), System: l.System, Act: l.Act, Object: l.Object, ObjectID: l.ObjectID,
			Unit: id.Or(l.UnitID).String(), Changes: changes([]byte(l.Changed)), key: l.ID,
		}
		n.want(e.Account.String())
		n.want(e.ObjectID)
		n.want(e.Unit)
		for _, c := range e.Changes {
			n.want(c.Before)
			n.want(c.After)
		}
		events[i] = e
	}
	if err := n.load(tx); err != nil {
		return nil, err
	}
	for i := range events {
		e := &events[i]
		e.Who, e.Name, e.Unit = n.names[e.Account.String()], n.names[e.ObjectID], n.names[e.Unit]
		if e.Name == "" && len(e.ObjectID) != uuidLength {
			e.Name = e.ObjectID
		}
		n.put(e.Changes)
	}
	return events, nil
}

// Actor says who acted: a name, a job, or a visitor.
func (e Event) Actor(l lang.Lang) string {
	switch key := "jobs.name." + e.System; {
	case e.System != "" && lang.Has(key):
		return l.T("history.machine_job", l.T(key))
	case e.System != "":
		return l.T("history.machine")
	case e.Who != "":
		return e.Who
	case e.Account.IsZero():
		return l.T("history.visitor")
	}
	return l.T("history.unknown")
}

// Text tells the act in words, without who and when: "改政治面貌:身份由群众改为预备党员".
func (e Event) Text(l lang.Lang) string {
	if e.Act == markAct {
		return e.markText(l)
	}
	text := e.ActText(l)
	if more := e.Details(l); more != "" {
		text = l.T("history.with", text, more)
	}
	return text
}

// ActText names the act.
func (e Event) ActText(l lang.Lang) string {
	if key := "act." + e.Act; lang.Has(key) {
		return l.T(key)
	}
	return e.Act
}

// Details tells what changed.
func (e Event) Details(l lang.Lang) string {
	var parts []string
	for _, c := range e.Changes {
		if text := c.text(l); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, l.T("history.and"))
}

func (e Event) markText(l lang.Lang) string {
	before, after := e.Changes[0].Before, e.Changes[0].After
	reason := func(s string) string {
		state, why, has := strings.Cut(s, " ")
		word := l.T("attendance.state." + state)
		if has {
			word = l.T("history.state_reason", word, l.T("attendance.reason."+why))
		}
		return word
	}
	text := l.T("history.mark", e.Name, reason(before), reason(after))
	if e.Why != "" {
		text = l.T("history.with", text, e.Why)
	}
	return text
}

// hidden are fields that say nothing to people.
var hidden = map[string]bool{"revision": true}

func (c Change) text(l lang.Lang) string {
	if hidden[c.Field] {
		return ""
	}
	field := c.Field
	if key := "history.field." + c.Field; lang.Has(key) {
		field = l.T(key)
	}
	before, after := c.value(l, c.Before), c.value(l, c.After)
	switch {
	case !c.Kept:
		return l.T("history.changed", field)
	case before == "":
		return l.T("history.set", field, after)
	case after == "":
		return l.T("history.removed", field, before)
	}
	return l.T("history.from_to", field, before, after)
}

// valueWords say under which keys the codes of a field have their words; a list of codes is parted by commas.
var valueWords = map[string][]string{
	"state":    {"history.state.", "attendance.state."},
	"standing": {"people.standing."}, "life": {"people.life."}, "kinds": {"attendance.kind."}, "role": {"role."}, "post": {"people.post."},
	"licence": {"org.licence."}, "job": {"jobs.name."}, "kind": {"history.kind."}, "task": {"courses.task_"}, "tree": {"history.tree."},
	"reviewed": {"history.reviewed."}, "answer": {"history.answer."}, "basis": {"history.basis."}, "language": {"history.language."},
	"elder": {"history.elder."}, "medium": {"history.medium."}, "public": {"history.public."}, "reason": {"attendance.reason."},
}

func (c Change) value(l lang.Lang, code string) string {
	if code == "" {
		return ""
	}
	words := valueWords[c.Field]
	if words == nil {
		words = []string{"history.value."}
	}
	var out []string
	for part := range strings.SplitSeq(code, ",") {
		word := part
		for _, prefix := range words {
			if lang.Has(prefix + part) {
				word = l.T(prefix + part)
				break
			}
		}
		out = append(out, word)
	}
	return strings.Join(out, l.T("history.and"))
}

// On is the day of the act, on the county's clock.
func (e Event) On() date.Date { return date.Of(e.At) }
