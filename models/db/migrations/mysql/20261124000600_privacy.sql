-- +goose Up
CREATE TABLE IF NOT EXISTS `privacy_texts` (
  `unit_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `body` LONGTEXT NOT NULL,
  `effective_on` DATE NOT NULL,
  `account_id` BINARY(16) NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`unit_id`, `version`),
  CONSTRAINT `fk_privacy_texts_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `consents` (
  `account_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `at` DATETIME(3) NOT NULL,
  `answer` VARCHAR(12) NOT NULL,
  PRIMARY KEY (`account_id`, `version`, `at`),
  CONSTRAINT `fk_consents_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `paper_consents` (
  `site_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `done_on` DATE NOT NULL,
  `account_id` BINARY(16) NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`site_id`, `version`),
  CONSTRAINT `fk_paper_consents_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `correction_requests` (
  `id` BINARY(16) NOT NULL,
  `person_id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NULL,
  `body` LONGTEXT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `answer` LONGTEXT NOT NULL,
  `decided_by` BINARY(16) NULL,
  `decided_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_correction_requests_person_id` (`person_id`),
  KEY `ix_correction_requests_state_made_at` (`state`, `made_at`),
  CONSTRAINT `fk_correction_requests_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `erasures` (
  `id` BINARY(16) NOT NULL,
  `person_id` BINARY(16) NOT NULL,
  `basis` VARCHAR(12) NOT NULL,
  `asked_by` BINARY(16) NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `due_on` DATE NOT NULL,
  `undone_by` BINARY(16) NULL,
  `undone_at` DATETIME(3) NULL,
  `done_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_erasures_person_id` (`person_id`),
  KEY `ix_erasures_done_at_due_on` (`done_at`, `due_on`),
  CONSTRAINT `fk_erasures_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `retention_reports` (
  `id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `at` DATETIME(3) NOT NULL,
  `kind` VARCHAR(30) NOT NULL,
  `days` INT NOT NULL,
  `older_than` DATETIME(3) NOT NULL,
  `dropped` INT NOT NULL,
  KEY `ix_retention_reports_at` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
