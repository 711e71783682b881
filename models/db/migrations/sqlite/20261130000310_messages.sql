-- +goose Up
CREATE TABLE IF NOT EXISTS `messages` (
  `id` BLOB NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `kind` TEXT NOT NULL,
  `object` TEXT NOT NULL,
  `object_id` BLOB NOT NULL,
  `sequence` INTEGER NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `facts` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  `read_at` DATETIME NULL,
  `overtaken_at` DATETIME NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX IF NOT EXISTS `uq_messages_account_id_object_id_sequence_kind` ON `messages` (`account_id`, `object_id`, `sequence`, `kind`);
CREATE INDEX IF NOT EXISTS `ix_messages_account_id_made_at` ON `messages` (`account_id`, `made_at`);
CREATE INDEX IF NOT EXISTS `ix_messages_object_id` ON `messages` (`object_id`);
CREATE INDEX IF NOT EXISTS `ix_messages_made_at` ON `messages` (`made_at`);

CREATE TABLE IF NOT EXISTS `message_prefs` (
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `sms` BOOLEAN NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`account_id`)
);
