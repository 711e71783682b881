package privacy

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
)

// holdings lists what is kept of a person, in the order of the file. The test of completeness holds them against the schema:
// every column that names a person or an account is in `tables` of one of them, or excepted there with its reason.
var holdings = []holding{
	{
		key: "person", tables: "persons.id",
		columns: "name:s gender:people.gender. birth_year:n phone:p village:s branch:s group:s household:s mobile:b gone_on:d made_at:t changed_at:t village_group:s",
		query: "SELECT p.name, p.gender, p.birth_year, p.phone, v.name, b.name, g.name, h.name, p.mobile, p.gone_on, p.made_at, p.changed_at, n.name FROM persons p " +
			"JOIN units v ON v.id = p.village_id LEFT JOIN units b ON b.id = p.branch_id LEFT JOIN units g ON g.id = p.group_id " +
			"LEFT JOIN households h ON h.id = p.household_id LEFT JOIN units n ON n.id = p.village_group_id WHERE p.id = @person",
	},
	{
		key: "standings", tables: "standings.person_id", columns: "since:d standing:people.standing.",
		query: "SELECT since, standing FROM standings WHERE person_id = @person ORDER BY since",
	},
	{
		key: "life", tables: "life_states.person_id", columns: "since:d life:people.life. confirmed_at:t",
		query: "SELECT since, state, confirmed_at FROM life_states WHERE person_id = @person ORDER BY since",
	},
	{
		key: "affiliations", tables: "affiliations.person_id", columns: "since:d village:s branch:s group:s village_group:s",
		query: "SELECT a.since, v.name, b.name, g.name, n.name FROM affiliations a JOIN units v ON v.id = a.village_id LEFT JOIN units b ON b.id = a.branch_id " +
			"LEFT JOIN units g ON g.id = a.group_id LEFT JOIN units n ON n.id = a.village_group_id WHERE a.person_id = @person ORDER BY a.since",
	},
	{
		key: "exemptions", tables: "exemptions.person_id", columns: "since:d until:d approved_by:s",
		query: "SELECT since, `until`, approved_by FROM exemptions WHERE person_id = @person ORDER BY since",
	},
	{
		key: "rosters", tables: "rosters.person_id", columns: "school:s since:d until:d",
		query: "SELECT u.name, r.since, r.`until` FROM rosters r JOIN units u ON u.id = r.site_id WHERE r.person_id = @person ORDER BY r.since, r.id",
	},
	{
		key: "posts", tables: "posts.person_id", columns: "school:s post:people.post. since:d until:d",
		query: "SELECT u.name, p.post, p.since, p.`until` FROM posts p JOIN units u ON u.id = p.site_id WHERE p.person_id = @person ORDER BY p.since, u.code",
	},
	{
		key: "offices", tables: "offices.person_id", columns: "body:s office:people.office. since:d until:d",
		query: "SELECT u.name, o.office, o.since, o.`until` FROM offices o JOIN units u ON u.id = o.unit_id WHERE o.person_id = @person ORDER BY o.since, u.path, o.office",
	},
	{
		key: "handovers", tables: "handovers.host_before handovers.host_after handovers.head_before handovers.head_after", columns: "on_day:d school:s undone_at:t",
		query: "SELECT h.on_day, u.name, h.undone_at FROM handovers h JOIN units u ON u.id = h.site_id WHERE h.host_before = @person OR h.host_after = @person " +
			"OR h.head_before = @person OR h.head_after = @person ORDER BY h.on_day, h.id",
	},
	{
		key: "marks", tables: "marks.person_id mark_changes.person_id", columns: "held_on:d school:s kinds:attendance.kind. state:attendance.state. reason:attendance.reason. made_up_on:d at:t",
		query: "SELECT s.held_on, u.name, s.kinds, m.state, m.reason, m.made_up_on, m.received_at FROM marks m JOIN sessions s ON s.id = m.session_id " +
			"JOIN units u ON u.id = s.site_id WHERE m.person_id = @person ORDER BY s.held_on, s.id",
	},
	{
		key: "conflicts", tables: "mark_conflicts.person_id", columns: "held_on:d school:s state:attendance.state. at:t settled:attendance.state. settled_at:t",
		query: "SELECT s.held_on, u.name, c.state, c.at, c.settled_as, c.settled_at FROM mark_conflicts c JOIN sessions s ON s.id = c.session_id " +
			"JOIN units u ON u.id = s.site_id WHERE c.person_id = @person ORDER BY c.at, c.device, c.seq",
	},
	{
		key: "disputes", tables: "mark_disputes.person_id", columns: "held_on:d school:s said:attendance.state. at:t settled_at:t",
		query: "SELECT s.held_on, u.name, d.said, d.asked_at, d.settled_at FROM mark_disputes d JOIN sessions s ON s.id = d.session_id " +
			"JOIN units u ON u.id = s.site_id WHERE d.person_id = @person ORDER BY d.asked_at, d.id",
	},
	{
		key: "guests", tables: "guests.person_id", columns: "held_on:d school:s name:s",
		query: "SELECT s.held_on, u.name, g.name FROM guests g JOIN sessions s ON s.id = g.session_id JOIN units u ON u.id = s.site_id " +
			"WHERE g.person_id = @person ORDER BY s.held_on, g.id",
	},
	{
		key: "credits", tables: "credits.person_id", columns: "year:n lesson:s minutes:n hours:h on_day:d rule:s",
		query: "SELECT c.`year`, l.title, c.minutes, c.centi_hours, c.on_day, c.rule FROM credits c JOIN lessons l ON l.id = c.lesson_id " +
			"WHERE c.person_id = @person ORDER BY c.`year`, c.on_day, l.title",
	},
	{
		key: "months", tables: "person_months.person_id person_sites.person_id", columns: "month:s school:s sessions:n minutes:n",
		query: "SELECT m.month, u.name, m.sessions, m.minutes FROM person_months m JOIN units u ON u.id = m.site_id WHERE m.person_id = @person ORDER BY m.month, u.code",
	},
	{
		key: "merges", tables: "merges.kept_id merges.gone_id", columns: "at:t undone_at:t",
		query: "SELECT merged_at, undone_at FROM merges WHERE kept_id = @person OR gone_id = @person ORDER BY merged_at, id",
	},
	{
		key: "requests", tables: "correction_requests.person_id", columns: "at:t body:s state:privacy.request. answer:s decided_at:t",
		query: "SELECT made_at, body, state, answer, decided_at FROM correction_requests WHERE person_id = @person ORDER BY made_at, id",
	},
	{
		key: "erasures", tables: "erasures.person_id", columns: "at:t basis:history.basis. due_on:d undone_at:t",
		query: "SELECT asked_at, basis, due_on, undone_at FROM erasures WHERE person_id = @person ORDER BY asked_at, id",
	},
	{
		key: "accounts", tables: "accounts.id accounts.person_id", columns: "username:s name:s language:history.language. elder:history.elder. made_at:t disabled_at:t", accounts: true,
		query: "SELECT username, name, language, elder, made_at, disabled_at FROM accounts WHERE id IN @accounts ORDER BY made_at, id",
	},
	{
		key: "grants", tables: "grants.account_id", columns: "username:s role:role. unit:s since_at:t until_at:t", accounts: true,
		query: "SELECT a.username, g.role, u.name, g.granted_at, g.expires_at FROM grants g JOIN accounts a ON a.id = g.account_id JOIN units u ON u.id = g.unit_id " +
			"WHERE g.account_id IN @accounts ORDER BY g.granted_at, g.id",
	},
	{
		key: "consents", tables: "consents.account_id", columns: "version:n answer:history.answer. at:t", accounts: true,
		query: "SELECT version, answer, at FROM consents WHERE account_id IN @accounts ORDER BY at, version",
	},
	{
		key: "sign_ins", tables: "sign_ins.account_id", columns: "device:s made_at:t seen_at:t until_at:t", accounts: true,
		query: "SELECT agent, made_at, seen_at, expires_at FROM sign_ins WHERE account_id IN @accounts ORDER BY made_at, id",
	},
	{
		key: "devices", tables: "devices.account_id", columns: "at:t", accounts: true,
		query: "SELECT used_at FROM devices WHERE account_id IN @accounts ORDER BY used_at, device",
	},
	{
		key: "factors", tables: "factors.account_id", columns: "kind:privacy.factor. made_at:t", accounts: true,
		query: "SELECT kind, made_at FROM factors WHERE account_id IN @accounts ORDER BY made_at",
	},
	{
		key: "failures", tables: "sign_in_failures.username", columns: "address:s times:n at:t", accounts: true,
		query: "SELECT address, failures, last_at FROM sign_in_failures WHERE username IN (SELECT username FROM accounts WHERE id IN @accounts) ORDER BY last_at, address",
	},
	{
		key: "imports", tables: "imports.account_id", columns: "at:t file:s", accounts: true,
		query: "SELECT made_at, file_name FROM imports WHERE account_id IN @accounts ORDER BY made_at, id",
	},
	{
		key: "feeds", tables: "calendar_feeds.account_id", columns: "kind:feeds.kind. unit:s at:t", accounts: true,
		query: "SELECT f.kind, COALESCE(u.name, ''), f.made_at FROM calendar_feeds f LEFT JOIN units u ON u.id = f.unit_id WHERE f.account_id IN @accounts ORDER BY f.made_at, f.id",
	},
	{
		key: "watches", tables: "watches.account_id", columns: "lesson:s seconds:n at:t", accounts: true,
		query: "SELECT l.title, CAST(w.position_ms / 1000 AS SIGNED), w.changed_at FROM watches w JOIN lessons l ON l.id = w.lesson_id WHERE w.account_id IN @accounts ORDER BY w.changed_at, l.title",
	},
	{
		key: "messages", tables: "messages.account_id", columns: "at:t kind:messages.kind. school:s read_at:t", accounts: true,
		query: "SELECT m.made_at, m.kind, u.name, m.read_at FROM messages m JOIN units u ON u.id = m.unit_id WHERE m.account_id IN @accounts ORDER BY m.made_at, m.id",
	},
	{
		key: "sms", tables: "message_prefs.account_id", columns: "sms:b at:t", accounts: true,
		query: "SELECT sms, changed_at FROM message_prefs WHERE account_id IN @accounts ORDER BY changed_at",
	},
}

func noteTaken(tx *db.Tx, by access.Actor) error {
	return audit.Add(tx, by, audit.Row{Act: "own.take", Object: "account", ID: by.Account})
}
