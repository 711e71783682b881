-- +goose Up
-- That an activity day should be called off: who asked, why, and what the township said.
CREATE TABLE IF NOT EXISTS `cancellations` (
  `id` BLOB NOT NULL,
  `activity_day_id` BLOB NOT NULL REFERENCES `activity_days` (`id`),
  `reason` TEXT NOT NULL,
  `note` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `asked_by` BLOB NULL,
  `asked_at` DATETIME NOT NULL,
  `decided_by` BLOB NULL,
  `decided_at` DATETIME NULL,
  `answer` TEXT NOT NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_cancellations_activity_day_id_asked_at` ON `cancellations` (`activity_day_id`, `asked_at`);
CREATE INDEX IF NOT EXISTS `ix_cancellations_state` ON `cancellations` (`state`);
