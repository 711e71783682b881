-- +goose Up
CREATE TABLE IF NOT EXISTS `units` (
  `id` BLOB NOT NULL,
  `tree` TEXT NOT NULL,
  `kind` TEXT NOT NULL,
  `code` TEXT NOT NULL,
  `name` TEXT NOT NULL,
  `search_key` TEXT NOT NULL,
  `parent_id` BLOB NULL REFERENCES `units` (`id`),
  `path` TEXT NOT NULL,
  `since` DATE NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_units_tree_code` ON `units` (`tree`, `code`);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_units_path` ON `units` (`path`);
CREATE INDEX IF NOT EXISTS `ix_units_parent_id` ON `units` (`parent_id`);

CREATE TABLE IF NOT EXISTS `unit_aliases` (
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `name` TEXT NOT NULL,
  PRIMARY KEY (`unit_id`, `name`)
);

CREATE TABLE IF NOT EXISTS `sites` (
  `id` BLOB NOT NULL REFERENCES `units` (`id`),
  `branch_id` BLOB NULL REFERENCES `units` (`id`),
  `plaque` TEXT NOT NULL,
  `licence` TEXT NOT NULL,
  `licensed_on` DATE NOT NULL,
  `changed_on` DATE NOT NULL,
  `address` TEXT NOT NULL,
  `equipment` TEXT NOT NULL,
  `network` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE IF NOT EXISTS `licence_events` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `state` TEXT NOT NULL,
  `on_day` DATE NOT NULL,
  `number` TEXT NOT NULL,
  `note` TEXT NOT NULL,
  `account_id` BLOB NULL,
  `at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_licence_events_site_id_on_day` ON `licence_events` (`site_id`, `on_day`);
