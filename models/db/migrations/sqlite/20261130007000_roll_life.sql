-- +goose Up
-- A roll that came after its month was sealed is let in by the township.
ALTER TABLE `sessions` ADD COLUMN `admitted_by` BLOB NULL;
ALTER TABLE `sessions` ADD COLUMN `admitted_at` DATETIME NULL;
ALTER TABLE `sessions` ADD COLUMN `on_paper` BOOLEAN NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS `ix_sessions_state` ON `sessions` (`state`);

-- What a mark said before and after, whole.
ALTER TABLE `mark_changes` ADD COLUMN `before_list` TEXT NOT NULL DEFAULT '';
ALTER TABLE `mark_changes` ADD COLUMN `after_list` TEXT NOT NULL DEFAULT '';
ALTER TABLE `mark_changes` ADD COLUMN `before_made_up_on` DATE NULL;
ALTER TABLE `mark_changes` ADD COLUMN `after_made_up_on` DATE NULL;

-- How far the phone's clock was ahead of ours, in seconds; who pasted the item of another's phone.
ALTER TABLE `roll_items` ADD COLUMN `ahead` INTEGER NOT NULL DEFAULT 0;
ALTER TABLE `roll_items` ADD COLUMN `entered_by` BLOB NULL;

CREATE TABLE IF NOT EXISTS `roll_corrections` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `input` TEXT NOT NULL,
  `why` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `asked_by` BLOB NULL REFERENCES `accounts` (`id`),
  `asked_at` DATETIME NOT NULL,
  `decided_by` BLOB NULL REFERENCES `accounts` (`id`),
  `decided_at` DATETIME NULL,
  `answer` TEXT NOT NULL,
  `revision` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_roll_corrections_state_asked_at` ON `roll_corrections` (`state`, `asked_at`);
CREATE INDEX IF NOT EXISTS `ix_roll_corrections_session_id` ON `roll_corrections` (`session_id`);
