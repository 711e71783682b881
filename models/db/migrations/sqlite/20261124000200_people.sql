-- +goose Up
CREATE TABLE IF NOT EXISTS `life_states` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `since` DATE NOT NULL,
  `state` TEXT NOT NULL,
  `noted_by` BLOB NULL,
  `noted_at` DATETIME NOT NULL,
  `confirmed_by` BLOB NULL,
  `confirmed_at` DATETIME NULL,
  PRIMARY KEY (`person_id`, `since`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_life_states_confirmed_at` ON `life_states` (`confirmed_at`);

CREATE TABLE IF NOT EXISTS `affiliations` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `since` DATE NOT NULL,
  `village_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `branch_id` BLOB NULL REFERENCES `units` (`id`),
  `group_id` BLOB NULL REFERENCES `units` (`id`),
  PRIMARY KEY (`person_id`, `since`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `households` (
  `id` BLOB NOT NULL,
  `village_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `code` TEXT NOT NULL,
  `name` TEXT NOT NULL,
  `search_key` TEXT NOT NULL,
  `made_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_households_village_id_code` ON `households` (`village_id`, `code`);

CREATE TABLE IF NOT EXISTS `merges` (
  `id` BLOB NOT NULL,
  `kept_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `gone_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `moved` TEXT NOT NULL,
  `merged_by` BLOB NULL,
  `merged_at` DATETIME NOT NULL,
  `undone_by` BLOB NULL,
  `undone_at` DATETIME NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_merges_kept_id` ON `merges` (`kept_id`);
CREATE INDEX IF NOT EXISTS `ix_merges_gone_id` ON `merges` (`gone_id`);

CREATE TABLE IF NOT EXISTS `distinct_persons` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `other_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `said_by` BLOB NULL,
  `said_at` DATETIME NOT NULL,
  PRIMARY KEY (`person_id`, `other_id`)
) WITHOUT ROWID;

ALTER TABLE `persons` ADD COLUMN `phone` BLOB NULL;
ALTER TABLE `persons` ADD COLUMN `phone_index` TEXT NOT NULL DEFAULT '';
ALTER TABLE `persons` ADD COLUMN `household_id` BLOB NULL REFERENCES `households` (`id`);
ALTER TABLE `persons` ADD COLUMN `merged_into` BLOB NULL REFERENCES `persons` (`id`);
CREATE INDEX IF NOT EXISTS `ix_persons_name` ON `persons` (`name`);
CREATE INDEX IF NOT EXISTS `ix_persons_phone_index` ON `persons` (`phone_index`);
CREATE INDEX IF NOT EXISTS `ix_persons_household_id` ON `persons` (`household_id`);
CREATE INDEX IF NOT EXISTS `ix_persons_merged_into` ON `persons` (`merged_into`);

-- What is kept of places and departures so far becomes the beginning of the histories.
INSERT INTO `affiliations` (`person_id`, `since`, `village_id`, `branch_id`, `group_id`)
SELECT p.`id`, COALESCE((SELECT MIN(s.`since`) FROM `standings` s WHERE s.`person_id` = p.`id`), DATE(p.`made_at`)), p.`village_id`, p.`branch_id`, p.`group_id`
FROM `persons` p;
INSERT INTO `life_states` (`person_id`, `since`, `state`, `noted_by`, `noted_at`, `confirmed_by`, `confirmed_at`)
SELECT `id`, `gone_on`, 'moved', NULL, `changed_at`, NULL, `changed_at` FROM `persons` WHERE `gone_on` IS NOT NULL;
