-- +goose Up
-- Late rolls are found by a column of their own, 1 while they wait: an index that begins with the state drew SQLite away from the index
-- of a school's sessions.
ALTER TABLE `sessions` ADD COLUMN `late` INT NULL, ADD KEY `ix_sessions_late` (`late`), DROP KEY `ix_sessions_state_held_on_minutes_attended`;
