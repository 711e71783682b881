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
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_feedback_code` ON `feedback` (`code`);
CREATE INDEX IF NOT EXISTS `ix_feedback_made_at` ON `feedback` (`made_at`);

CREATE TABLE IF NOT EXISTS `notices` (
  `id` BLOB NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `title` TEXT NOT NULL,
  `body` TEXT NOT NULL,
  `published_on` DATE NOT NULL,
  `expires_on` DATE NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_notices_published_on` ON `notices` (`published_on`);
