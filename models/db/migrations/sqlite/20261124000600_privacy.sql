-- +goose Up
CREATE TABLE IF NOT EXISTS `privacy_texts` (
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `version` INTEGER NOT NULL,
  `body` TEXT NOT NULL,
  `effective_on` DATE NOT NULL,
  `account_id` BLOB NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`unit_id`, `version`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `consents` (
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `version` INTEGER NOT NULL,
  `at` DATETIME NOT NULL,
  `answer` TEXT NOT NULL,
  PRIMARY KEY (`account_id`, `version`, `at`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `paper_consents` (
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `version` INTEGER NOT NULL,
  `done_on` DATE NOT NULL,
  `account_id` BLOB NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`site_id`, `version`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `correction_requests` (
  `id` BLOB NOT NULL,
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `account_id` BLOB NULL,
  `body` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `state` TEXT NOT NULL,
  `answer` TEXT NOT NULL,
  `decided_by` BLOB NULL,
  `decided_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_correction_requests_person_id` ON `correction_requests` (`person_id`);
CREATE INDEX IF NOT EXISTS `ix_correction_requests_state_made_at` ON `correction_requests` (`state`, `made_at`);

CREATE TABLE IF NOT EXISTS `erasures` (
  `id` BLOB NOT NULL,
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `basis` TEXT NOT NULL,
  `asked_by` BLOB NULL,
  `asked_at` DATETIME NOT NULL,
  `due_on` DATE NOT NULL,
  `undone_by` BLOB NULL,
  `undone_at` DATETIME NULL,
  `done_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_erasures_person_id` ON `erasures` (`person_id`);
CREATE INDEX IF NOT EXISTS `ix_erasures_done_at_due_on` ON `erasures` (`done_at`, `due_on`);

CREATE TABLE IF NOT EXISTS `retention_reports` (
  `id` INTEGER PRIMARY KEY,
  `at` DATETIME NOT NULL,
  `kind` TEXT NOT NULL,
  `days` INTEGER NOT NULL,
  `older_than` DATETIME NOT NULL,
  `dropped` INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS `ix_retention_reports_at` ON `retention_reports` (`at`);
