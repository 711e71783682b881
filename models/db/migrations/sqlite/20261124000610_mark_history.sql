-- +goose Up
-- What was changed in the marks of one person.
CREATE INDEX IF NOT EXISTS `ix_mark_changes_person_id` ON `mark_changes` (`person_id`);
