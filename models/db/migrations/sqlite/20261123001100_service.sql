-- +goose Up
CREATE TABLE IF NOT EXISTS `feedback` (
  `id` BLOB NOT NULL,
  `code` TEXT NOT NULL,
  `page` TEXT NOT NULL,
  `body` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `answer` TEXT NOT NULL,
  `answered_by` BLOB NULL REFERENCES `accounts` (`id`),
  `answered_at` DATETIME NULL,
  `text_hidden` BOOLEAN NOT NULL,
  `revision` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_feedback_code` ON `feedback` (`code`);

CREATE TABLE IF NOT EXISTS `notices` (
  `id` BLOB NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `title` TEXT NOT NULL,
  `body` TEXT NOT NULL,
  `published_on` DATE NOT NULL,
  `expires_on` DATE NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  `withdrawn_at` DATETIME NULL,
  `revision` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_notices_unit_id` ON `notices` (`unit_id`);
