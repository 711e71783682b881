-- +goose Up
-- By state alone, SQLite read every session that was ever handed in for a report of one year.
CREATE INDEX IF NOT EXISTS `ix_sessions_state_held_on_minutes_attended` ON `sessions` (`state`, `held_on`, `minutes`, `attended`);
DROP INDEX IF EXISTS `ix_sessions_state`;
