-- +goose Up
ALTER TABLE `affiliations` ADD COLUMN `village_group_id` BLOB NULL REFERENCES `units` (`id`);
