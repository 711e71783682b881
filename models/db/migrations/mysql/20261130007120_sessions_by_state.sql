-- +goose Up
-- By state alone, SQLite read every session that was ever handed in for a report of one year.
ALTER TABLE `sessions` ADD KEY `ix_sessions_state_held_on_minutes_attended` (`state`, `held_on`, `minutes`, `attended`), DROP KEY `ix_sessions_state`;
