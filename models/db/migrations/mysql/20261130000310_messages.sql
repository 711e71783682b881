-- +goose Up
CREATE TABLE IF NOT EXISTS `messages` (
  `id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(30) NOT NULL,
  `object` VARCHAR(30) NOT NULL,
  `object_id` BINARY(16) NOT NULL,
  `sequence` BIGINT NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `facts` LONGTEXT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `read_at` DATETIME(3) NULL,
  `overtaken_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_messages_account_id_object_id_sequence_kind` (`account_id`, `object_id`, `sequence`, `kind`),
  KEY `ix_messages_account_id_made_at` (`account_id`, `made_at`),
  KEY `ix_messages_object_id` (`object_id`),
  KEY `ix_messages_made_at` (`made_at`),
  CONSTRAINT `fk_messages_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_messages_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `message_prefs` (
  `account_id` BINARY(16) NOT NULL,
  `sms` BOOLEAN NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`account_id`),
  CONSTRAINT `fk_message_prefs_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
