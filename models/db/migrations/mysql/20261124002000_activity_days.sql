-- +goose Up
-- When a day was announced and confirmed, at which hour people meet, and the number that calendar clients compare.
ALTER TABLE `activity_days`
  ADD COLUMN `hour` VARCHAR(5) NOT NULL DEFAULT '',
  ADD COLUMN `note` VARCHAR(200) NOT NULL DEFAULT '',
  ADD COLUMN `sequence` INT NOT NULL DEFAULT 0,
  ADD COLUMN `announced_at` DATETIME(3) NULL,
  ADD COLUMN `confirmed_at` DATETIME(3) NULL,
  ADD COLUMN `confirmed_by` BINARY(16) NULL,
  ADD COLUMN `confirmed_how` VARCHAR(8) NOT NULL DEFAULT '';
