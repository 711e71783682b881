-- +goose Up
CREATE TABLE IF NOT EXISTS `calendar_feeds` (
  `id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(16) NOT NULL,
  `unit_id` BINARY(16) NULL,
  `place` BINARY(16) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_calendar_feeds_place` (`place`),
  KEY `ix_calendar_feeds_account_id` (`account_id`),
  KEY `ix_calendar_feeds_unit_id` (`unit_id`),
  CONSTRAINT `fk_calendar_feeds_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_calendar_feeds_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
