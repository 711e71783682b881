-- +goose Up
CREATE TABLE IF NOT EXISTS `calendar_days` (
  `day` DATE NOT NULL,
  `kind` TEXT NOT NULL,
  `name` TEXT NOT NULL,
  `source` TEXT NOT NULL,
  PRIMARY KEY (`day`)
);

CREATE TABLE IF NOT EXISTS `calendar_years` (
  `year` INTEGER NOT NULL,
  `source` TEXT NOT NULL,
  `loaded_at` DATETIME NOT NULL,
  PRIMARY KEY (`year`)
);

CREATE TABLE IF NOT EXISTS `activity_days` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `month` TEXT NOT NULL,
  `nth` INTEGER NOT NULL,
  `planned_on` DATE NOT NULL,
  `ruled_on` DATE NOT NULL,
  `shift` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `reason` TEXT NOT NULL,
  `moved_by` BLOB NULL,
  `session_id` BLOB NOT NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_activity_days_site_id_month_nth` ON `activity_days` (`site_id`, `month`, `nth`);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_activity_days_session_id` ON `activity_days` (`session_id`);
CREATE INDEX IF NOT EXISTS `ix_activity_days_planned_on` ON `activity_days` (`planned_on`);
CREATE INDEX IF NOT EXISTS `ix_activity_days_month` ON `activity_days` (`month`);
