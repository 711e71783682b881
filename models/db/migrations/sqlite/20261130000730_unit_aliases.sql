-- +goose Up
ALTER TABLE `unit_aliases` ADD COLUMN `since` DATE NULL;
ALTER TABLE `unit_aliases` ADD COLUMN `until` DATE NULL;
