-- +goose Up
CREATE TABLE IF NOT EXISTS `session_photos` (
  `id` BINARY(16) NOT NULL,
  `session_id` BINARY(16) NULL,
  `kind` VARCHAR(10) NOT NULL,
  `state` VARCHAR(10) NOT NULL,
  `object_key` VARCHAR(100) NOT NULL,
  `hash` VARCHAR(64) NOT NULL,
  `bytes` BIGINT NOT NULL,
  `width` INT NOT NULL,
  `height` INT NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `taken_at` DATETIME(3) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `removed_by` BINARY(16) NULL,
  `removed_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_session_photos_session_id_made_at` (`session_id`, `made_at`),
  KEY `ix_session_photos_state_made_at` (`state`, `made_at`),
  CONSTRAINT `fk_session_photos_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_session_photos_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_session_photos_removed_by` FOREIGN KEY (`removed_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
