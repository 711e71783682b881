-- +goose Up
-- What was changed in the marks of one person.
ALTER TABLE `mark_changes` ADD KEY `ix_mark_changes_person_id` (`person_id`);
