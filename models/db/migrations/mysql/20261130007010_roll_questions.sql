-- +goose Up
CREATE TABLE IF NOT EXISTS `mark_disputes` (
  `id` BINARY(16) NOT NULL,
  `session_id` BINARY(16) NOT NULL,
  `person_id` BINARY(16) NOT NULL,
  `said` VARCHAR(12) NOT NULL,
  `outcome` VARCHAR(10) NOT NULL,
  `open` INT NULL,
  `asked_by` BINARY(16) NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `settled_by` BINARY(16) NULL,
  `settled_at` DATETIME(3) NULL,
  `correction_id` BINARY(16) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_mark_disputes_session_id_person_id_open` (`session_id`, `person_id`, `open`),
  KEY `ix_mark_disputes_open` (`open`),
  CONSTRAINT `fk_mark_disputes_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_mark_disputes_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_mark_disputes_asked_by` FOREIGN KEY (`asked_by`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_mark_disputes_settled_by` FOREIGN KEY (`settled_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- 请核对: at most one open for each school and month, by the unique key.
CREATE TABLE IF NOT EXISTS `roll_questions` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `month` VARCHAR(7) NOT NULL,
  `kind` VARCHAR(20) NOT NULL,
  `session_id` BINARY(16) NOT NULL,
  `other_session_id` BINARY(16) NULL,
  `person_id` BINARY(16) NULL,
  `open` INT NULL,
  `answer` VARCHAR(10) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `answered_by` BINARY(16) NULL,
  `answered_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_roll_questions_site_id_month_open` (`site_id`, `month`, `open`),
  KEY `ix_roll_questions_session_id_kind` (`session_id`, `kind`),
  CONSTRAINT `fk_roll_questions_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_roll_questions_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_roll_questions_other_session_id` FOREIGN KEY (`other_session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_roll_questions_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_roll_questions_answered_by` FOREIGN KEY (`answered_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `relay_keys` (
  `key_id` VARCHAR(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `device` VARCHAR(64) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`key_id`),
  KEY `ix_relay_keys_account_id` (`account_id`),
  CONSTRAINT `fk_relay_keys_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
