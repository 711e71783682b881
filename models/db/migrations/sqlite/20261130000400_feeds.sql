-- +goose Up
CREATE TABLE IF NOT EXISTS `calendar_feeds` (
  `id` BLOB NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `kind` TEXT NOT NULL,
  `unit_id` BLOB NULL REFERENCES `units` (`id`),
  `place` BLOB NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_calendar_feeds_place` ON `calendar_feeds` (`place`);
CREATE INDEX IF NOT EXISTS `ix_calendar_feeds_account_id` ON `calendar_feeds` (`account_id`);
CREATE INDEX IF NOT EXISTS `ix_calendar_feeds_unit_id` ON `calendar_feeds` (`unit_id`);
