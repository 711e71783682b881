-- +goose Up
ALTER TABLE `outbox_rows` ADD COLUMN `gave_up_at` DATETIME(3) NULL;
