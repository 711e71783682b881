-- +goose Up
-- When a day was announced and confirmed, at which hour people meet, and the number that calendar clients compare.
ALTER TABLE `activity_days` ADD COLUMN `hour` TEXT NOT NULL DEFAULT '';
ALTER TABLE `activity_days` ADD COLUMN `note` TEXT NOT NULL DEFAULT '';
ALTER TABLE `activity_days` ADD COLUMN `sequence` INTEGER NOT NULL DEFAULT 0;
ALTER TABLE `activity_days` ADD COLUMN `announced_at` DATETIME NULL;
ALTER TABLE `activity_days` ADD COLUMN `confirmed_at` DATETIME NULL;
ALTER TABLE `activity_days` ADD COLUMN `confirmed_by` BLOB NULL;
ALTER TABLE `activity_days` ADD COLUMN `confirmed_how` TEXT NOT NULL DEFAULT '';
