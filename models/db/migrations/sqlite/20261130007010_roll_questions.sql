-- +goose Up
CREATE TABLE IF NOT EXISTS `mark_disputes` (
  `id` BLOB NOT NULL,
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `said` TEXT NOT NULL,
  `outcome` TEXT NOT NULL,
  `open` INTEGER NULL,
  `asked_by` BLOB NULL REFERENCES `accounts` (`id`),
  `asked_at` DATETIME NOT NULL,
  `settled_by` BLOB NULL REFERENCES `accounts` (`id`),
  `settled_at` DATETIME NULL,
  `correction_id` BLOB NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_mark_disputes_session_id_person_id_open` ON `mark_disputes` (`session_id`, `person_id`, `open`);
CREATE INDEX IF NOT EXISTS `ix_mark_disputes_open` ON `mark_disputes` (`open`);

-- 请核对: at most one open for each school and month, by the unique key.
CREATE TABLE IF NOT EXISTS `roll_questions` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `month` TEXT NOT NULL,
  `kind` TEXT NOT NULL,
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `other_session_id` BLOB NULL REFERENCES `sessions` (`id`),
  `person_id` BLOB NULL REFERENCES `persons` (`id`),
  `open` INTEGER NULL,
  `answer` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `answered_by` BLOB NULL REFERENCES `accounts` (`id`),
  `answered_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_roll_questions_site_id_month_open` ON `roll_questions` (`site_id`, `month`, `open`);
CREATE INDEX IF NOT EXISTS `ix_roll_questions_session_id_kind` ON `roll_questions` (`session_id`, `kind`);

CREATE TABLE IF NOT EXISTS `relay_keys` (
  `key_id` TEXT NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `device` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`key_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_relay_keys_account_id` ON `relay_keys` (`account_id`);
