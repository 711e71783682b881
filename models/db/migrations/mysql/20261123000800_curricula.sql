-- +goose Up
CREATE TABLE IF NOT EXISTS `curricula` (
  `id` BINARY(16) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `year` INT NOT NULL,
  `title` VARCHAR(120) NOT NULL,
  `version` INT NOT NULL,
  `revision` INT NOT NULL,
  `author_id` BINARY(16) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_curricula_unit_id_year` (`unit_id`, `year`),
  CONSTRAINT `fk_curricula_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_curricula_author_id` FOREIGN KEY (`author_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `curriculum_versions` (
  `curriculum_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `published_at` DATETIME(3) NOT NULL,
  `published_by` BINARY(16) NOT NULL,
  `note` VARCHAR(300) NOT NULL,
  PRIMARY KEY (`curriculum_id`, `version`),
  CONSTRAINT `fk_curriculum_versions_curriculum_id` FOREIGN KEY (`curriculum_id`) REFERENCES `curricula` (`id`),
  CONSTRAINT `fk_curriculum_versions_published_by` FOREIGN KEY (`published_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `curriculum_items` (
  `curriculum_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `place` INT NOT NULL,
  `month` CHAR(7) NOT NULL,
  `lesson_id` BINARY(16) NOT NULL,
  `required` BOOLEAN NOT NULL,
  PRIMARY KEY (`curriculum_id`, `version`, `place`),
  KEY `ix_curriculum_items_lesson_id` (`lesson_id`),
  CONSTRAINT `fk_curriculum_items_curriculum_id` FOREIGN KEY (`curriculum_id`) REFERENCES `curricula` (`id`),
  CONSTRAINT `fk_curriculum_items_lesson_id` FOREIGN KEY (`lesson_id`) REFERENCES `lessons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `curriculum_audience` (
  `curriculum_id` BINARY(16) NOT NULL,
  `version` INT NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  PRIMARY KEY (`curriculum_id`, `version`, `unit_id`),
  KEY `ix_curriculum_audience_unit_id` (`unit_id`),
  CONSTRAINT `fk_curriculum_audience_curriculum_id` FOREIGN KEY (`curriculum_id`) REFERENCES `curricula` (`id`),
  CONSTRAINT `fk_curriculum_audience_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
