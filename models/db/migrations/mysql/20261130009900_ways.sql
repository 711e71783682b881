-- +goose Up
-- How an evening was taught beside lessons, joined by commas.
ALTER TABLE `sessions` ADD COLUMN `ways` VARCHAR(60) NOT NULL DEFAULT '';
