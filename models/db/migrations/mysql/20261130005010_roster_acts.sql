-- +goose Up
-- A villagers' group that was put on a school's roster, or taken off it, in one act; the places on the roster name the acts that
-- began and ended them, so that an act can be taken back whole.
CREATE TABLE IF NOT EXISTS `roster_acts` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `group_id` BINARY(16) NOT NULL,
  `way` VARCHAR(10) NOT NULL,
  `on_day` DATE NOT NULL,
  `people` INT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `undone_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_roster_acts_site_id_made_at` (`site_id`, `made_at`),
  CONSTRAINT `fk_roster_acts_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_roster_acts_group_id` FOREIGN KEY (`group_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
