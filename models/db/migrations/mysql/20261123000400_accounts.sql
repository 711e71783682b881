-- +goose Up
CREATE TABLE IF NOT EXISTS `accounts` (
  `id` BINARY(16) NOT NULL,
  `username` VARCHAR(64) NOT NULL,
  `person_id` BINARY(16) NULL,
  `name` VARCHAR(60) NOT NULL,
  `secret` VARCHAR(200) NOT NULL,
  `language` VARCHAR(8) NOT NULL,
  `elder` VARCHAR(4) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `made_by` BINARY(16) NULL,
  `disabled_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_accounts_username` (`username`),
  KEY `ix_accounts_person_id` (`person_id`),
  CONSTRAINT `fk_accounts_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `grants` (
  `id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `role` VARCHAR(20) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `granted_by` BINARY(16) NULL,
  `granted_at` DATETIME(3) NOT NULL,
  `expires_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_grants_account_id_role_unit_id` (`account_id`, `role`, `unit_id`),
  KEY `ix_grants_unit_id` (`unit_id`),
  CONSTRAINT `fk_grants_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_grants_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `sign_ins` (
  `token` VARCHAR(64) NOT NULL,
  `id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NULL,
  `data` BLOB NOT NULL,
  `agent` VARCHAR(200) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `seen_at` DATETIME(3) NOT NULL,
  `expires_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`token`),
  UNIQUE KEY `uq_sign_ins_id` (`id`),
  KEY `ix_sign_ins_account_id` (`account_id`),
  KEY `ix_sign_ins_expires_at` (`expires_at`),
  CONSTRAINT `fk_sign_ins_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `sign_in_failures` (
  `username` VARCHAR(64) NOT NULL,
  `address` VARCHAR(64) NOT NULL,
  `failures` INT NOT NULL,
  `last_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`username`, `address`),
  KEY `ix_sign_in_failures_address_last_at` (`address`, `last_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `setup_codes` (
  `hash` VARCHAR(64) NOT NULL,
  `purpose` VARCHAR(20) NOT NULL,
  `account_id` BINARY(16) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `expires_at` DATETIME(3) NOT NULL,
  `used_at` DATETIME(3) NULL,
  PRIMARY KEY (`hash`),
  CONSTRAINT `fk_setup_codes_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
