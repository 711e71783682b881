-- +goose Up
ALTER TABLE `unit_aliases`
  ADD COLUMN `since` DATE NULL,
  ADD COLUMN `until` DATE NULL;
