-- +goose Up
CREATE TABLE IF NOT EXISTS `audit_rows` (
  `id` INTEGER PRIMARY KEY,
  `at` DATETIME NOT NULL,
  `account_id` BLOB NULL,
  `system` TEXT NOT NULL,
  `act` TEXT NOT NULL,
  `object` TEXT NOT NULL,
  `object_id` TEXT NOT NULL,
  `unit_id` BLOB NULL,
  `changed` TEXT NOT NULL,
  `request_id` TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS `ix_audit_rows_unit_id_at` ON `audit_rows` (`unit_id`, `at`);
CREATE INDEX IF NOT EXISTS `ix_audit_rows_object_object_id` ON `audit_rows` (`object`, `object_id`);
CREATE INDEX IF NOT EXISTS `ix_audit_rows_at` ON `audit_rows` (`at`);
CREATE INDEX IF NOT EXISTS `ix_audit_rows_account_id_at` ON `audit_rows` (`account_id`, `at`);

CREATE TABLE IF NOT EXISTS `settings` (
  `unit_id` BLOB NOT NULL,
  `name` TEXT NOT NULL,
  `valid_from` DATE NOT NULL,
  `value` TEXT NOT NULL,
  `set_by` BLOB NULL,
  `set_at` DATETIME NOT NULL,
  PRIMARY KEY (`unit_id`, `name`, `valid_from`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `outbox_rows` (
  `id` BLOB NOT NULL,
  `kind` TEXT NOT NULL,
  `payload` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `due_at` DATETIME NOT NULL,
  `attempts` INTEGER NOT NULL,
  `claimed_by` TEXT NOT NULL,
  `claimed_until` DATETIME NULL,
  `done_at` DATETIME NULL,
  `failure` TEXT NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_outbox_rows_done_at_due_at` ON `outbox_rows` (`done_at`, `due_at`);

CREATE TABLE IF NOT EXISTS `job_runs` (
  `id` BLOB NOT NULL,
  `job` TEXT NOT NULL,
  `due_at` DATETIME NOT NULL,
  `by_hand` BOOLEAN NOT NULL,
  `state` TEXT NOT NULL,
  `host` TEXT NOT NULL,
  `fence` INTEGER NOT NULL,
  `started_at` DATETIME NOT NULL,
  `finished_at` DATETIME NULL,
  `summary` TEXT NOT NULL,
  `failure` TEXT NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_job_runs_job_due_at_by_hand` ON `job_runs` (`job`, `due_at`, `by_hand`);

CREATE TABLE IF NOT EXISTS `job_leases` (
  `job` TEXT NOT NULL,
  `holder` TEXT NOT NULL,
  `fence` INTEGER NOT NULL,
  `expires_at` DATETIME NOT NULL,
  PRIMARY KEY (`job`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `form_keys` (
  `account_id` BLOB NOT NULL,
  `form_id` BLOB NOT NULL,
  `op` TEXT NOT NULL,
  `hash` TEXT NOT NULL,
  `answer` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`account_id`, `form_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_form_keys_made_at` ON `form_keys` (`made_at`);
