-- +goose Up
-- What was kept before may hold telephone numbers; it was there only so that a form sent twice counts once.
DELETE FROM `form_keys`;

ALTER TABLE `form_keys` ADD COLUMN `rights` TEXT NOT NULL DEFAULT '';
