-- +goose Up
ALTER TABLE `persons` ADD COLUMN `village_group_id` BLOB NULL REFERENCES `units` (`id`);
CREATE INDEX IF NOT EXISTS `ix_persons_village_group_id` ON `persons` (`village_group_id`);
