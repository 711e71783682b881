-- +goose Up
-- A roll that came after its month was sealed is let in by the township.
ALTER TABLE `sessions` ADD COLUMN `admitted_by` BINARY(16) NULL, ADD COLUMN `admitted_at` DATETIME(3) NULL, ADD COLUMN `on_paper` BOOLEAN NOT NULL DEFAULT 0,
  ADD KEY `ix_sessions_state` (`state`);

-- What a mark said before and after, whole.
ALTER TABLE `mark_changes` ADD COLUMN `before_list` VARCHAR(8) NOT NULL DEFAULT '', ADD COLUMN `after_list` VARCHAR(8) NOT NULL DEFAULT '',
  ADD COLUMN `before_made_up_on` DATE NULL, ADD COLUMN `after_made_up_on` DATE NULL;

-- How far the phone's clock was ahead of ours, in seconds; who pasted the item of another's phone.
ALTER TABLE `roll_items` ADD COLUMN `ahead` INT NOT NULL DEFAULT 0, ADD COLUMN `entered_by` BINARY(16) NULL;

CREATE TABLE IF NOT EXISTS `roll_corrections` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `session_id` BINARY(16) NOT NULL,
  `input` LONGTEXT NOT NULL,
  `why` VARCHAR(200) NOT NULL,
  `state` VARCHAR(10) NOT NULL,
  `asked_by` BINARY(16) NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `decided_by` BINARY(16) NULL,
  `decided_at` DATETIME(3) NULL,
  `answer` VARCHAR(200) NOT NULL,
  `revision` INT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_roll_corrections_state_asked_at` (`state`, `asked_at`),
  KEY `ix_roll_corrections_session_id` (`session_id`),
  CONSTRAINT `fk_roll_corrections_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_roll_corrections_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`),
  CONSTRAINT `fk_roll_corrections_asked_by` FOREIGN KEY (`asked_by`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_roll_corrections_decided_by` FOREIGN KEY (`decided_by`) REFERENCES `accounts` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
