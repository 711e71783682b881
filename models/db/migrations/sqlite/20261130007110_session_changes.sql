-- +goose Up
-- What else of a roll was changed, before and after: codes and figures, no texts.
CREATE TABLE IF NOT EXISTS `session_changes` (
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `revision` INTEGER NOT NULL,
  `field` TEXT NOT NULL,
  `before_value` TEXT NOT NULL,
  `after_value` TEXT NOT NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `at` DATETIME NOT NULL,
  PRIMARY KEY (`session_id`, `revision`, `field`)
) WITHOUT ROWID;
