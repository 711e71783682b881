-- +goose Up
CREATE TABLE IF NOT EXISTS `watches` (
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `position_ms` INTEGER NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`account_id`, `lesson_id`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `credits` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `year` INTEGER NOT NULL,
  `minutes` INTEGER NOT NULL,
  `centi_hours` INTEGER NOT NULL,
  `rule` TEXT NOT NULL,
  `source` TEXT NOT NULL,
  `session_id` BLOB NULL,
  `on_day` DATE NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`person_id`, `lesson_id`, `year`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_credits_session_id` ON `credits` (`session_id`);
CREATE INDEX IF NOT EXISTS `ix_credits_year` ON `credits` (`year`);

CREATE TABLE IF NOT EXISTS `person_months` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `month` TEXT NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `sessions` INTEGER NOT NULL,
  `minutes` INTEGER NOT NULL,
  PRIMARY KEY (`person_id`, `month`, `site_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_person_months_month_site_id` ON `person_months` (`month`, `site_id`);

CREATE TABLE IF NOT EXISTS `person_sites` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `sessions` INTEGER NOT NULL,
  PRIMARY KEY (`site_id`, `person_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_person_sites_person_id` ON `person_sites` (`person_id`);
