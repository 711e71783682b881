-- +goose Up
-- Who attached a name to a person, and when.
ALTER TABLE `guests` ADD COLUMN `attached_by` BLOB NULL;
ALTER TABLE `guests` ADD COLUMN `attached_at` DATETIME NULL;
CREATE INDEX IF NOT EXISTS `ix_guests_person_id` ON `guests` (`person_id`);
