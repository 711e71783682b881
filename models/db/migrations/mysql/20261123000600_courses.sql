-- +goose Up
CREATE TABLE IF NOT EXISTS `courses` (
  `id` BINARY(16) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `task` VARCHAR(30) NOT NULL,
  `title` VARCHAR(120) NOT NULL,
  `summary` VARCHAR(2000) NOT NULL,
  `lecturer` VARCHAR(60) NOT NULL,
  `author_id` BINARY(16) NOT NULL,
  `search_key` VARCHAR(1600) NOT NULL,
  `is_public` BOOLEAN NOT NULL,
  `revision` INT NOT NULL,
  `archived_at` DATETIME(3) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_courses_unit_id` (`unit_id`),
  KEY `ix_courses_task` (`task`),
  KEY `ix_courses_title_id` (`title`, `id`),
  CONSTRAINT `fk_courses_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_courses_author_id` FOREIGN KEY (`author_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `lessons` (
  `id` BINARY(16) NOT NULL,
  `course_id` BINARY(16) NOT NULL,
  `place` INT NOT NULL,
  `title` VARCHAR(120) NOT NULL,
  `search_key` VARCHAR(1100) NOT NULL,
  `medium` VARCHAR(16) NOT NULL,
  `minutes` INT NOT NULL,
  `language` VARCHAR(20) NOT NULL,
  `material` VARCHAR(300) NOT NULL,
  `revision` INT NOT NULL,
  `reviewed_revision` INT NOT NULL,
  `reviewed_by` BINARY(16) NULL,
  `reviewed_at` DATETIME(3) NULL,
  `review_note` VARCHAR(300) NOT NULL,
  `removed_at` DATETIME(3) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_lessons_course_id_place` (`course_id`, `place`),
  CONSTRAINT `fk_lessons_course_id` FOREIGN KEY (`course_id`) REFERENCES `courses` (`id`),
  CONSTRAINT `fk_lessons_reviewed_by` FOREIGN KEY (`reviewed_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `lesson_authors` (
  `lesson_id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`lesson_id`, `account_id`),
  CONSTRAINT `fk_lesson_authors_lesson_id` FOREIGN KEY (`lesson_id`) REFERENCES `lessons` (`id`),
  CONSTRAINT `fk_lesson_authors_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
