-- +goose Up
CREATE TABLE IF NOT EXISTS `units` (
  `id` BINARY(16) NOT NULL,
  `tree` VARCHAR(1) NOT NULL,
  `kind` VARCHAR(20) NOT NULL,
  `code` VARCHAR(32) NOT NULL,
  `name` VARCHAR(100) NOT NULL,
  `search_key` VARCHAR(400) NOT NULL,
  `parent_id` BINARY(16) NULL,
  `path` VARCHAR(200) NOT NULL,
  `since` DATE NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_units_tree_code` (`tree`, `code`),
  UNIQUE KEY `uq_units_path` (`path`),
  KEY `ix_units_parent_id` (`parent_id`),
  CONSTRAINT `fk_units_parent_id` FOREIGN KEY (`parent_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `unit_aliases` (
  `unit_id` BINARY(16) NOT NULL,
  `name` VARCHAR(100) NOT NULL,
  PRIMARY KEY (`unit_id`, `name`),
  CONSTRAINT `fk_unit_aliases_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `sites` (
  `id` BINARY(16) NOT NULL,
  `branch_id` BINARY(16) NULL,
  `plaque` VARCHAR(60) NOT NULL,
  `licence` VARCHAR(16) NOT NULL,
  `licensed_on` DATE NOT NULL,
  `changed_on` DATE NOT NULL,
  `address` VARCHAR(200) NOT NULL,
  `equipment` VARCHAR(300) NOT NULL,
  `network` VARCHAR(20) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `fk_sites_id` FOREIGN KEY (`id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_sites_branch_id` FOREIGN KEY (`branch_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `licence_events` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `on_day` DATE NOT NULL,
  `number` VARCHAR(60) NOT NULL,
  `note` VARCHAR(300) NOT NULL,
  `account_id` BINARY(16) NULL,
  `at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_licence_events_site_id_on_day` (`site_id`, `on_day`),
  CONSTRAINT `fk_licence_events_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
