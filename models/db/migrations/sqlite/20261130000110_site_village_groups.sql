-- +goose Up
ALTER TABLE `sites` ADD COLUMN `village_group_id` BLOB NULL REFERENCES `units` (`id`);
