-- +goose Up
CREATE TABLE IF NOT EXISTS `imports` (
  `id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `unit_id` BINARY(16) NULL,
  `kind` VARCHAR(20) NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `file_name` VARCHAR(200) NOT NULL,
  `format` VARCHAR(8) NOT NULL,
  `bytes` INT NOT NULL,
  `data` LONGBLOB NOT NULL,
  `mapping` LONGTEXT NOT NULL,
  `total` INT NOT NULL,
  `done` INT NOT NULL,
  `fresh` INT NOT NULL,
  `changed` INT NOT NULL,
  `unchanged` INT NOT NULL,
  `faulty` INT NOT NULL,
  `skipped` INT NOT NULL,
  `applied` INT NOT NULL,
  `refused` INT NOT NULL,
  `failure` VARCHAR(60) NOT NULL,
  `attempts` INT NOT NULL,
  `fence` BIGINT NOT NULL,
  `claimed_until` DATETIME(3) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  `ended_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_imports_account_id_made_at` (`account_id`, `made_at`),
  KEY `ix_imports_state_claimed_until` (`state`, `claimed_until`),
  KEY `ix_imports_made_at` (`made_at`),
  CONSTRAINT `fk_imports_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_imports_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `import_files` (
  `import_id` BINARY(16) NOT NULL,
  `data` LONGBLOB NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`import_id`),
  KEY `ix_import_files_made_at` (`made_at`),
  CONSTRAINT `fk_import_files_import_id` FOREIGN KEY (`import_id`) REFERENCES `imports` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `import_rows` (
  `import_id` BINARY(16) NOT NULL,
  `seq` INT NOT NULL,
  `sheet` INT NOT NULL,
  `line` INT NOT NULL,
  `turn` INT NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `outcome` VARCHAR(12) NOT NULL,
  `data` LONGBLOB NOT NULL,
  PRIMARY KEY (`import_id`, `seq`),
  KEY `ix_import_rows_import_id_state_outcome` (`import_id`, `state`, `outcome`, `turn`),
  CONSTRAINT `fk_import_rows_import_id` FOREIGN KEY (`import_id`) REFERENCES `imports` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `import_mappings` (
  `unit_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(20) NOT NULL,
  `heads` VARCHAR(64) NOT NULL,
  `mapping` LONGTEXT NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`unit_id`, `kind`, `heads`),
  CONSTRAINT `fk_import_mappings_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
