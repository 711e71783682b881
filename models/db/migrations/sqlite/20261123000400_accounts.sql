-- +goose Up
CREATE TABLE IF NOT EXISTS `accounts` (
  `id` BLOB NOT NULL,
  `username` TEXT NOT NULL,
  `person_id` BLOB NULL REFERENCES `persons` (`id`),
  `name` TEXT NOT NULL,
  `secret` TEXT NOT NULL,
  `language` TEXT NOT NULL,
  `elder` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `made_by` BLOB NULL,
  `disabled_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_accounts_username` ON `accounts` (`username`);
CREATE INDEX IF NOT EXISTS `ix_accounts_person_id` ON `accounts` (`person_id`);

CREATE TABLE IF NOT EXISTS `grants` (
  `id` BLOB NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `role` TEXT NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `granted_by` BLOB NULL,
  `granted_at` DATETIME NOT NULL,
  `expires_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_grants_account_id_role_unit_id` ON `grants` (`account_id`, `role`, `unit_id`);
CREATE INDEX IF NOT EXISTS `ix_grants_unit_id` ON `grants` (`unit_id`);

CREATE TABLE IF NOT EXISTS `sign_ins` (
  `token` TEXT NOT NULL,
  `id` BLOB NOT NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `data` BLOB NOT NULL,
  `agent` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `seen_at` DATETIME NOT NULL,
  `expires_at` DATETIME NOT NULL,
  PRIMARY KEY (`token`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_sign_ins_id` ON `sign_ins` (`id`);
CREATE INDEX IF NOT EXISTS `ix_sign_ins_account_id` ON `sign_ins` (`account_id`);
CREATE INDEX IF NOT EXISTS `ix_sign_ins_expires_at` ON `sign_ins` (`expires_at`);

CREATE TABLE IF NOT EXISTS `sign_in_failures` (
  `username` TEXT NOT NULL,
  `address` TEXT NOT NULL,
  `failures` INTEGER NOT NULL,
  `last_at` DATETIME NOT NULL,
  PRIMARY KEY (`username`, `address`)
);
CREATE INDEX IF NOT EXISTS `ix_sign_in_failures_address_last_at` ON `sign_in_failures` (`address`, `last_at`);

CREATE TABLE IF NOT EXISTS `setup_codes` (
  `hash` TEXT NOT NULL,
  `purpose` TEXT NOT NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `made_at` DATETIME NOT NULL,
  `expires_at` DATETIME NOT NULL,
  `used_at` DATETIME NULL,
  PRIMARY KEY (`hash`)
);
