-- +goose Up
CREATE TABLE IF NOT EXISTS `exchange_weeks` (
  `township_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `quarter` TEXT NOT NULL,
  `monday` DATE NOT NULL,
  `set_by` BLOB NULL,
  `set_at` DATETIME NOT NULL,
  PRIMARY KEY (`township_id`, `quarter`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `exchange_groups` (
  `id` BLOB NOT NULL,
  `township_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `quarter` TEXT NOT NULL,
  `host_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `held_on` DATE NOT NULL,
  `hour` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `reason` TEXT NOT NULL,
  `by_hand` BOOLEAN NOT NULL,
  `session_id` BLOB NOT NULL,
  `sequence` INTEGER NOT NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_exchange_groups_township_id_quarter` ON `exchange_groups` (`township_id`, `quarter`);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_exchange_groups_session_id` ON `exchange_groups` (`session_id`);

CREATE TABLE IF NOT EXISTS `exchange_members` (
  `group_id` BLOB NOT NULL REFERENCES `exchange_groups` (`id`),
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `quarter` TEXT NOT NULL,
  PRIMARY KEY (`group_id`, `site_id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_exchange_members_site_id_quarter` ON `exchange_members` (`site_id`, `quarter`);
