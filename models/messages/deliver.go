package messages

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/outbox"
)

// atOnce is how many rows one query names.
const atOnce = 500

// identity is the message that an account gets of a draft: the same, whenever it is made.
func (d draft) identity(to access.AccountID) MessageID {
	return id.Derived[messageTag](to, fmt.Sprintf("%s %s %d %s", d.object, d.id, d.sequence, d.kind))
}

// until is the last day on which the message concerns anybody: the day that it is about; of a digest the end of its week.
func (d draft) until() date.Date {
	if d.kind == Digest {
		return d.week.AddDays(6)
	}
	return d.facts.On
}

// deliver stores the messages of drafts that are not there yet, for everybody but who did the thing himself, and what goes to
// telephones. Two units of work that make the same one at once: the second begins again and finds it.
func (a *Area) deliver(tx *db.Tx, by access.AccountID, drafts []draft) error {
	var rows []messageRow
	seen := map[MessageID]bool{}
	for _, d := range drafts {
		facts, err := json.Marshal(d.facts)
		if err != nil {
			return fmt.Errorf("messages: %w", err)
		}
		for _, to := range d.to {
			key := d.identity(to)
			if to == by || seen[key] {
				continue
			}
			seen[key] = true
			rows = append(rows, messageRow{
				ID: key, AccountID: to, Kind: d.kind, Object: d.object, ObjectID: d.id, Sequence: d.sequence, UnitID: d.unit,
				Facts: string(facts), MadeAt: tx.Now, Until: d.until(),
			})
		}
	}
	for part := range slices.Chunk(rows, atOnce) {
		if err := a.store(tx, part); err != nil {
			return err
		}
	}
	return nil
}

func (a *Area) store(tx *db.Tx, rows []messageRow) error {
	ids := make([]MessageID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	there, err := db.Ask[MessageID](tx, "SELECT id FROM messages WHERE id IN ?", ids)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(rows), func(r messageRow) bool { return slices.Contains(there, r.ID) })
	if len(fresh) == 0 {
		return nil
	}
	if err := db.Insert(tx, &fresh); err != nil {
		if db.IsDuplicate(err) {
			err = db.Repeat(err)
		}
		return err
	}
	return a.toTelephones(tx, fresh)
}

// kindSMS are the rows of the outbox for text messages; a row has the ID of its message.
const kindSMS = "sms"

// smsPayload is what the outbox keeps of a text message: no number and no text.
type smsPayload struct {
	Message MessageID `json:"message"`
}

// toTelephones adds what goes to those who want it.
func (a *Area) toTelephones(tx *db.Tx, rows []messageRow) error {
	if !a.sms {
		return nil
	}
	to := make([]access.AccountID, len(rows))
	for i, r := range rows {
		to[i] = r.AccountID
	}
	wants, err := db.Ask[access.AccountID](tx, "SELECT account_id FROM message_prefs WHERE sms = ? AND account_id IN ?", true, to)
	if err != nil || len(wants) == 0 {
		return err
	}
	due := a.quiet.Next(tx.Now)
	for _, r := range rows {
		if !slices.Contains(wants, r.AccountID) {
			continue
		}
		if err := outbox.AddAs(tx, outbox.RowID(r.ID), kindSMS, smsPayload{r.ID}, due); err != nil {
			return err
		}
	}
	tx.AfterCommit(a.wake)
	return nil
}

// overtake marks the messages about objects that nobody has read as out of date.
func overtake(tx *db.Tx, objects []ObjectID) error {
	for part := range slices.Chunk(objects, atOnce) {
		_, err := db.Set(tx.Model(&messageRow{}).Where("object_id IN ? AND read_at IS NULL AND overtaken_at IS NULL", part),
			map[string]any{"overtaken_at": tx.Now})
		if err != nil {
			return err
		}
	}
	return nil
}
