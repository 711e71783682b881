-- +goose Up
-- Until when a school may hand in a month, where that differs; the months that are sealed, and their figures.
CREATE TABLE IF NOT EXISTS `period_exceptions` (
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `month` TEXT NOT NULL,
  `on_time_until` DATE NOT NULL,
  `locked_after` DATE NOT NULL,
  `reason` TEXT NOT NULL,
  `given_by` BLOB NULL,
  `given_at` DATETIME NOT NULL,
  PRIMARY KEY (`site_id`, `month`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `closed_months` (
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `month` TEXT NOT NULL,
  `closed_at` DATETIME NOT NULL,
  PRIMARY KEY (`unit_id`, `month`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `sealed_months` (
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `month` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `reason` TEXT NOT NULL,
  `sessions` INTEGER NOT NULL,
  `attendances` INTEGER NOT NULL,
  `sealed_at` DATETIME NOT NULL,
  PRIMARY KEY (`site_id`, `month`)
) WITHOUT ROWID;
