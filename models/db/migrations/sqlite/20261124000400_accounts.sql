-- +goose Up
ALTER TABLE `accounts` ADD COLUMN `open_person_id` BLOB NULL REFERENCES `persons` (`id`);

ALTER TABLE `accounts` ADD COLUMN `pin` BOOLEAN NOT NULL DEFAULT 0;

ALTER TABLE `accounts` ADD COLUMN `ends_on` DATE NULL;

UPDATE `accounts` SET `open_person_id` = `person_id` WHERE `disabled_at` IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS `uq_accounts_open_person_id` ON `accounts` (`open_person_id`);

CREATE INDEX IF NOT EXISTS `ix_accounts_ends_on` ON `accounts` (`ends_on`);

ALTER TABLE `setup_codes` ADD COLUMN `seed` BLOB NULL;

ALTER TABLE `setup_codes` ADD COLUMN `batch` BLOB NULL;

ALTER TABLE `setup_codes` ADD COLUMN `made_by` BLOB NULL;

CREATE INDEX IF NOT EXISTS `ix_setup_codes_account_id` ON `setup_codes` (`account_id`);

CREATE INDEX IF NOT EXISTS `ix_setup_codes_batch` ON `setup_codes` (`batch`);

CREATE TABLE IF NOT EXISTS `devices` (
  `device` TEXT NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `used_at` DATETIME NOT NULL,
  PRIMARY KEY (`device`, `account_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_devices_account_id` ON `devices` (`account_id`);

CREATE TABLE IF NOT EXISTS `factors` (
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `kind` TEXT NOT NULL,
  `data` BLOB NOT NULL,
  `step` INTEGER NOT NULL,
  `made_at` DATETIME NOT NULL,
  `confirmed_at` DATETIME NULL,
  PRIMARY KEY (`account_id`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `factor_codes` (
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `number` INTEGER NOT NULL,
  `hash` TEXT NOT NULL,
  `seed` BLOB NOT NULL,
  `made_at` DATETIME NOT NULL,
  `used_at` DATETIME NULL,
  PRIMARY KEY (`account_id`, `number`)
) WITHOUT ROWID;
