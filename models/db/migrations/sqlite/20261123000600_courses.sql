-- +goose Up
CREATE TABLE IF NOT EXISTS `courses` (
  `id` BLOB NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `task` TEXT NOT NULL,
  `title` TEXT NOT NULL,
  `summary` TEXT NOT NULL,
  `lecturer` TEXT NOT NULL,
  `author_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `search_key` TEXT NOT NULL,
  `is_public` BOOLEAN NOT NULL,
  `revision` INTEGER NOT NULL,
  `archived_at` DATETIME NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_courses_unit_id` ON `courses` (`unit_id`);
CREATE INDEX IF NOT EXISTS `ix_courses_task` ON `courses` (`task`);
CREATE INDEX IF NOT EXISTS `ix_courses_title_id` ON `courses` (`title`, `id`);

CREATE TABLE IF NOT EXISTS `lessons` (
  `id` BLOB NOT NULL,
  `course_id` BLOB NOT NULL REFERENCES `courses` (`id`),
  `place` INTEGER NOT NULL,
  `title` TEXT NOT NULL,
  `search_key` TEXT NOT NULL,
  `medium` TEXT NOT NULL,
  `minutes` INTEGER NOT NULL,
  `language` TEXT NOT NULL,
  `material` TEXT NOT NULL,
  `revision` INTEGER NOT NULL,
  `reviewed_revision` INTEGER NOT NULL,
  `reviewed_by` BLOB NULL REFERENCES `accounts` (`id`),
  `reviewed_at` DATETIME NULL,
  `review_note` TEXT NOT NULL,
  `removed_at` DATETIME NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_lessons_course_id_place` ON `lessons` (`course_id`, `place`);

CREATE TABLE IF NOT EXISTS `lesson_authors` (
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `at` DATETIME NOT NULL,
  PRIMARY KEY (`lesson_id`, `account_id`)
);
