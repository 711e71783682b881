-- +goose Up
ALTER TABLE `handover_items` ADD COLUMN `was_quantity` INTEGER NOT NULL DEFAULT 0;

ALTER TABLE `handover_items` ADD COLUMN `was_state` TEXT NOT NULL DEFAULT '';

ALTER TABLE `handover_items` ADD COLUMN `was_note` TEXT NOT NULL DEFAULT '';
