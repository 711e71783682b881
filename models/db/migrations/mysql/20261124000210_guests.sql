-- +goose Up
-- Who attached a name to a person, and when. person_id has an index by its reference.
ALTER TABLE `guests` ADD COLUMN `attached_by` BINARY(16) NULL, ADD COLUMN `attached_at` DATETIME(3) NULL;
