-- +goose Up
CREATE TABLE IF NOT EXISTS `imports` (
  `id` BLOB NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `unit_id` BLOB NULL REFERENCES `units` (`id`),
  `kind` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `file_name` TEXT NOT NULL,
  `format` TEXT NOT NULL,
  `bytes` INTEGER NOT NULL,
  `data` BLOB NOT NULL,
  `mapping` TEXT NOT NULL,
  `total` INTEGER NOT NULL,
  `done` INTEGER NOT NULL,
  `fresh` INTEGER NOT NULL,
  `changed` INTEGER NOT NULL,
  `unchanged` INTEGER NOT NULL,
  `faulty` INTEGER NOT NULL,
  `skipped` INTEGER NOT NULL,
  `applied` INTEGER NOT NULL,
  `refused` INTEGER NOT NULL,
  `failure` TEXT NOT NULL,
  `attempts` INTEGER NOT NULL,
  `fence` INTEGER NOT NULL,
  `claimed_until` DATETIME NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  `ended_at` DATETIME NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_imports_account_id_made_at` ON `imports` (`account_id`, `made_at`);
CREATE INDEX IF NOT EXISTS `ix_imports_state_claimed_until` ON `imports` (`state`, `claimed_until`);
CREATE INDEX IF NOT EXISTS `ix_imports_made_at` ON `imports` (`made_at`);

CREATE TABLE IF NOT EXISTS `import_files` (
  `import_id` BLOB NOT NULL REFERENCES `imports` (`id`),
  `data` BLOB NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`import_id`)
);
CREATE INDEX IF NOT EXISTS `ix_import_files_made_at` ON `import_files` (`made_at`);

CREATE TABLE IF NOT EXISTS `import_rows` (
  `import_id` BLOB NOT NULL REFERENCES `imports` (`id`),
  `seq` INTEGER NOT NULL,
  `sheet` INTEGER NOT NULL,
  `line` INTEGER NOT NULL,
  `turn` INTEGER NOT NULL,
  `state` TEXT NOT NULL,
  `outcome` TEXT NOT NULL,
  `data` BLOB NOT NULL,
  PRIMARY KEY (`import_id`, `seq`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_import_rows_import_id_state_outcome` ON `import_rows` (`import_id`, `state`, `outcome`, `turn`);

CREATE TABLE IF NOT EXISTS `import_mappings` (
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `kind` TEXT NOT NULL,
  `heads` TEXT NOT NULL,
  `mapping` TEXT NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`unit_id`, `kind`, `heads`)
) WITHOUT ROWID;
