-- +goose Up
CREATE TABLE IF NOT EXISTS `session_photos` (
  `id` BLOB NOT NULL,
  `session_id` BLOB NULL REFERENCES `sessions` (`id`),
  `kind` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `object_key` TEXT NOT NULL,
  `hash` TEXT NOT NULL,
  `bytes` INTEGER NOT NULL,
  `width` INTEGER NOT NULL,
  `height` INTEGER NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `taken_at` DATETIME NULL,
  `made_at` DATETIME NOT NULL,
  `removed_by` BLOB NULL REFERENCES `accounts` (`id`),
  `removed_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_session_photos_session_id_made_at` ON `session_photos` (`session_id`, `made_at`);
CREATE INDEX IF NOT EXISTS `ix_session_photos_state_made_at` ON `session_photos` (`state`, `made_at`);
