-- +goose Up
-- What else of a roll was changed, before and after: codes and figures, no texts.
CREATE TABLE IF NOT EXISTS `session_changes` (
  `session_id` BINARY(16) NOT NULL,
  `revision` INT NOT NULL,
  `field` VARCHAR(16) NOT NULL,
  `before_value` VARCHAR(1000) NOT NULL,
  `after_value` VARCHAR(1000) NOT NULL,
  `account_id` BINARY(16) NULL,
  `at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`session_id`, `revision`, `field`),
  CONSTRAINT `fk_session_changes_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_session_changes_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
