-- +goose Up
CREATE TABLE IF NOT EXISTS `feedback` (
  `id` BINARY(16) NOT NULL,
  `code` VARCHAR(16) NOT NULL,
  `page` VARCHAR(200) NOT NULL,
  `body` VARCHAR(2000) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `answer` VARCHAR(2000) NOT NULL,
  `answered_by` BINARY(16) NULL,
  `answered_at` DATETIME(3) NULL,
  `text_hidden` BOOLEAN NOT NULL,
  `revision` INT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_feedback_code` (`code`),
  CONSTRAINT `fk_feedback_answered_by` FOREIGN KEY (`answered_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `notices` (
  `id` BINARY(16) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `title` VARCHAR(120) NOT NULL,
  `body` VARCHAR(4000) NOT NULL,
  `published_on` DATE NOT NULL,
  `expires_on` DATE NULL,
  `account_id` BINARY(16) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  `withdrawn_at` DATETIME(3) NULL,
  `revision` INT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_notices_unit_id` (`unit_id`),
  CONSTRAINT `fk_notices_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_notices_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
