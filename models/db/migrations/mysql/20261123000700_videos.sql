-- +goose Up
CREATE TABLE IF NOT EXISTS `videos` (
  `id` BINARY(16) NOT NULL,
  `lesson_id` BINARY(16) NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `object_key` VARCHAR(200) NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `bytes` BIGINT NOT NULL,
  `duration_ms` INT NOT NULL,
  `width` INT NOT NULL,
  `height` INT NOT NULL,
  `codecs` VARCHAR(60) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `failure` VARCHAR(60) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `ready_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_videos_lesson_id_state` (`lesson_id`, `state`),
  KEY `ix_videos_state_made_at` (`state`, `made_at`),
  CONSTRAINT `fk_videos_lesson_id` FOREIGN KEY (`lesson_id`) REFERENCES `lessons` (`id`),
  CONSTRAINT `fk_videos_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `video_addresses` (
  `video_id` BINARY(16) NOT NULL,
  `opens_at` DATETIME(3) NOT NULL,
  `address` VARCHAR(2000) NOT NULL,
  PRIMARY KEY (`video_id`, `opens_at`),
  CONSTRAINT `fk_video_addresses_video_id` FOREIGN KEY (`video_id`) REFERENCES `videos` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
