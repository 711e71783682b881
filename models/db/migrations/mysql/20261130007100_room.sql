-- +goose Up
-- How many can sit in the house; 0 while nobody has said.
ALTER TABLE `sites` ADD COLUMN `seats` INT NOT NULL DEFAULT 0;
