package messages

import (
	"fmt"
	"strconv"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/org"
)

// DigestInput names a township.
type DigestInput struct {
	Unit org.UnitID
}

// DigestView says how many were told.
type DigestView struct {
	Messages int `json:"messages"`
}

// lookBack is how many days back days without a record are still counted.
const lookBack = 62

// Digest tells the clerks of a township once a week what waits for them, as numbers; nothing when nothing does. Done again in the same
// week it changes nothing; the digest of the week before is overtaken. For the job alone.
func (a *Area) Digest(tx *db.Tx, by access.Actor, in DigestInput) (v DigestView, err error) {
	if err := by.RequireJob(); err != nil {
		return v, err
	}
	u, err := org.LockUnit(tx, in.Unit)
	if err != nil {
		return v, err
	}
	found, err := accounts.Holding(tx, []org.UnitID{u.ID}, access.TownshipAdmin, access.Township)
	if err != nil || len(found[u.ID]) == 0 {
		return v, err
	}
	waits, err := waiting(tx, u)
	if err != nil {
		return v, err
	}
	today := tx.Today()
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	week, err := strconv.Atoi(monday.UTC().Format("20060102"))
	if err != nil {
		return v, fmt.Errorf("messages: week: %w", err)
	}
	for _, account := range found[u.ID] {
		facts := waits
		if facts.Imports, err = unfinished(tx, account); err != nil {
			return v, err
		}
		if facts == (Facts{}) {
			continue
		}
		d := draft{kind: Digest, object: ofUnit, id: ObjectID(u.ID), sequence: week, unit: u.ID, facts: facts, week: monday, to: []access.AccountID{account}}
		n, err := a.weekly(tx, d)
		if err != nil {
			return v, err
		}
		v.Messages += n
	}
	return v, nil
}

// weekly delivers a digest to its one account, in place of the last one, unless this week's is there.
func (a *Area) weekly(tx *db.Tx, d draft) (int, error) {
	there, err := db.Ask[int](tx, "SELECT COUNT(*) FROM messages WHERE id = ?", d.identity(d.to[0]))
	if err != nil || there[0] > 0 {
		return 0, err
	}
	_, err = db.Set(tx.Model(&messageRow{}).Where("account_id = ? AND kind = ? AND object_id = ? AND read_at IS NULL AND overtaken_at IS NULL", d.to[0], Digest, d.id),
		map[string]any{"overtaken_at": tx.Now})
	if err != nil {
		return 0, err
	}
	return 1, a.deliver(tx, access.AccountID{}, []draft{d})
}

// waiting counts what waits for a township, whoever of its clerks does it.
func waiting(tx *db.Tx, township org.Unit) (f Facts, err error) {
	below, args := db.PathRange("u.path", access.Scope{Paths: []string{township.Path}})
	today := tx.Today()
	for _, q := range []struct {
		into *int
		text string
		args []any
	}{
		{&f.NoRecord, "SELECT COUNT(*) FROM activity_days d JOIN units u ON u.id = d.site_id WHERE d.state IN ('planned', 'announced', 'confirmed', 'no_record') " +
			"AND d.planned_on < ? AND d.planned_on >= ? AND ", []any{today, today.AddDays(-lookBack)}},
		{&f.Requests, "SELECT COUNT(*) FROM cancellations c JOIN activity_days d ON d.id = c.activity_day_id JOIN units u ON u.id = d.site_id " +
			"WHERE c.state = 'asked' AND d.state IN ('planned', 'announced', 'confirmed', 'no_record') AND d.planned_on >= ? AND ", []any{today}},
		{&f.Corrections, "SELECT COUNT(*) FROM correction_requests r JOIN persons p ON p.id = r.person_id JOIN units u ON u.id = p.village_id " +
			"WHERE r.state = 'waiting' AND ", nil},
	} {
		n, err := db.Ask[int](tx, q.text+below, append(q.args, args...)...)
		if err != nil {
			return f, err
		}
		*q.into = n[0]
	}
	return f, nil
}

// unfinished counts the lists that an account has begun to bring in and that wait for it.
func unfinished(tx *db.Tx, account access.AccountID) (int, error) {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM imports WHERE account_id = ? AND state IN ('uploaded', 'mapped', 'checked')", account)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}
