-- +goose Up
ALTER TABLE `handover_items` ADD COLUMN `was_quantity` INT NOT NULL DEFAULT 0;

ALTER TABLE `handover_items` ADD COLUMN `was_state` VARCHAR(12) NOT NULL DEFAULT '';

ALTER TABLE `handover_items` ADD COLUMN `was_note` VARCHAR(100) NOT NULL DEFAULT '';
