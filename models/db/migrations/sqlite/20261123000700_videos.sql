-- +goose Up
CREATE TABLE IF NOT EXISTS `videos` (
  `id` BLOB NOT NULL,
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `state` TEXT NOT NULL,
  `object_key` TEXT NOT NULL,
  `name` TEXT NOT NULL,
  `bytes` INTEGER NOT NULL,
  `duration_ms` INTEGER NOT NULL,
  `width` INTEGER NOT NULL,
  `height` INTEGER NOT NULL,
  `codecs` TEXT NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `failure` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `ready_at` DATETIME NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_videos_lesson_id_state` ON `videos` (`lesson_id`, `state`);
CREATE INDEX IF NOT EXISTS `ix_videos_state_made_at` ON `videos` (`state`, `made_at`);

CREATE TABLE IF NOT EXISTS `video_addresses` (
  `video_id` BLOB NOT NULL REFERENCES `videos` (`id`),
  `opens_at` DATETIME NOT NULL,
  `address` TEXT NOT NULL,
  PRIMARY KEY (`video_id`, `opens_at`)
);
