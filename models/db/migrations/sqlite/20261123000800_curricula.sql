-- +goose Up
CREATE TABLE IF NOT EXISTS `curricula` (
  `id` BLOB NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `year` INTEGER NOT NULL,
  `title` TEXT NOT NULL,
  `version` INTEGER NOT NULL,
  `revision` INTEGER NOT NULL,
  `author_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_curricula_unit_id_year` ON `curricula` (`unit_id`, `year`);

CREATE TABLE IF NOT EXISTS `curriculum_versions` (
  `curriculum_id` BLOB NOT NULL REFERENCES `curricula` (`id`),
  `version` INTEGER NOT NULL,
  `published_at` DATETIME NOT NULL,
  `published_by` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `note` TEXT NOT NULL,
  PRIMARY KEY (`curriculum_id`, `version`)
);

CREATE TABLE IF NOT EXISTS `curriculum_items` (
  `curriculum_id` BLOB NOT NULL REFERENCES `curricula` (`id`),
  `version` INTEGER NOT NULL,
  `place` INTEGER NOT NULL,
  `month` TEXT NOT NULL,
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `required` BOOLEAN NOT NULL,
  PRIMARY KEY (`curriculum_id`, `version`, `place`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_curriculum_items_lesson_id` ON `curriculum_items` (`lesson_id`);

CREATE TABLE IF NOT EXISTS `curriculum_audience` (
  `curriculum_id` BLOB NOT NULL REFERENCES `curricula` (`id`),
  `version` INTEGER NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  PRIMARY KEY (`curriculum_id`, `version`, `unit_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_curriculum_audience_unit_id` ON `curriculum_audience` (`unit_id`);
