-- +goose Up
-- How many can sit in the house; 0 while nobody has said.
ALTER TABLE `sites` ADD COLUMN `seats` INTEGER NOT NULL DEFAULT 0;
