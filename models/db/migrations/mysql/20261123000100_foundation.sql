-- +goose Up
CREATE TABLE IF NOT EXISTS `audit_rows` (
  `id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `at` DATETIME(3) NOT NULL,
  `account_id` BINARY(16) NULL,
  `system` VARCHAR(60) NOT NULL,
  `act` VARCHAR(60) NOT NULL,
  `object` VARCHAR(30) NOT NULL,
  `object_id` VARCHAR(64) NOT NULL,
  `unit_id` BINARY(16) NULL,
  `changed` LONGTEXT NOT NULL,
  `request_id` VARCHAR(64) NOT NULL,
  KEY `ix_audit_rows_unit_id_at` (`unit_id`, `at`),
  KEY `ix_audit_rows_object_object_id` (`object`, `object_id`),
  KEY `ix_audit_rows_at` (`at`),
  KEY `ix_audit_rows_account_id_at` (`account_id`, `at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `settings` (
  `unit_id` BINARY(16) NOT NULL,
  `name` VARCHAR(60) NOT NULL,
  `valid_from` DATE NOT NULL,
  `value` LONGTEXT NOT NULL,
  `set_by` BINARY(16) NULL,
  `set_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`unit_id`, `name`, `valid_from`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `outbox_rows` (
  `id` BINARY(16) NOT NULL,
  `kind` VARCHAR(60) NOT NULL,
  `payload` LONGTEXT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `due_at` DATETIME(3) NOT NULL,
  `attempts` INT NOT NULL,
  `claimed_by` VARCHAR(80) NOT NULL,
  `claimed_until` DATETIME(3) NULL,
  `done_at` DATETIME(3) NULL,
  `failure` VARCHAR(500) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_outbox_rows_done_at_due_at` (`done_at`, `due_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `job_runs` (
  `id` BINARY(16) NOT NULL,
  `job` VARCHAR(60) NOT NULL,
  `due_at` DATETIME(3) NOT NULL,
  `by_hand` BOOLEAN NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `host` VARCHAR(80) NOT NULL,
  `fence` BIGINT NOT NULL,
  `started_at` DATETIME(3) NOT NULL,
  `finished_at` DATETIME(3) NULL,
  `summary` VARCHAR(500) NOT NULL,
  `failure` LONGTEXT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_job_runs_job_due_at_by_hand` (`job`, `due_at`, `by_hand`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `job_leases` (
  `job` VARCHAR(60) NOT NULL,
  `holder` VARCHAR(80) NOT NULL,
  `fence` BIGINT NOT NULL,
  `expires_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`job`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `form_keys` (
  `account_id` BINARY(16) NOT NULL,
  `form_id` BINARY(16) NOT NULL,
  `op` VARCHAR(80) NOT NULL,
  `hash` VARCHAR(64) NOT NULL,
  `answer` LONGTEXT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`account_id`, `form_id`),
  KEY `ix_form_keys_made_at` (`made_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
