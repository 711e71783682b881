-- +goose Up
ALTER TABLE `accounts` ADD COLUMN `open_person_id` BINARY(16) NULL;

ALTER TABLE `accounts` ADD COLUMN `pin` BOOLEAN NOT NULL DEFAULT 0;

ALTER TABLE `accounts` ADD COLUMN `ends_on` DATE NULL;

UPDATE `accounts` SET `open_person_id` = `person_id` WHERE `disabled_at` IS NULL;

CREATE UNIQUE INDEX `uq_accounts_open_person_id` ON `accounts` (`open_person_id`);

ALTER TABLE `accounts` ADD CONSTRAINT `fk_accounts_open_person_id` FOREIGN KEY (`open_person_id`) REFERENCES `persons` (`id`);

CREATE INDEX `ix_accounts_ends_on` ON `accounts` (`ends_on`);

ALTER TABLE `setup_codes` ADD COLUMN `seed` BINARY(16) NULL;

ALTER TABLE `setup_codes` ADD COLUMN `batch` BINARY(16) NULL;

ALTER TABLE `setup_codes` ADD COLUMN `made_by` BINARY(16) NULL;

CREATE INDEX `ix_setup_codes_account_id` ON `setup_codes` (`account_id`);

CREATE INDEX `ix_setup_codes_batch` ON `setup_codes` (`batch`);

CREATE TABLE IF NOT EXISTS `devices` (
  `device` VARCHAR(64) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `used_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`device`, `account_id`),
  KEY `ix_devices_account_id` (`account_id`),
  CONSTRAINT `fk_devices_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `factors` (
  `account_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  `data` BLOB NOT NULL,
  `step` BIGINT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `confirmed_at` DATETIME(3) NULL,
  PRIMARY KEY (`account_id`),
  CONSTRAINT `fk_factors_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `factor_codes` (
  `account_id` BINARY(16) NOT NULL,
  `number` INT NOT NULL,
  `hash` VARCHAR(64) NOT NULL,
  `seed` BINARY(16) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `used_at` DATETIME(3) NULL,
  PRIMARY KEY (`account_id`, `number`),
  CONSTRAINT `fk_factor_codes_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
