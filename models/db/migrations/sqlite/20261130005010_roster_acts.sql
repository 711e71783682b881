-- +goose Up
-- A villagers' group that was put on a school's roster, or taken off it, in one act; the places on the roster name the acts that
-- began and ended them, so that an act can be taken back whole.
CREATE TABLE IF NOT EXISTS `roster_acts` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `group_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `way` TEXT NOT NULL,
  `on_day` DATE NOT NULL,
  `people` INTEGER NOT NULL,
  `made_at` DATETIME NOT NULL,
  `undone_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_roster_acts_site_id_made_at` ON `roster_acts` (`site_id`, `made_at`);
