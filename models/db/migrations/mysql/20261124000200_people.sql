-- +goose Up
CREATE TABLE IF NOT EXISTS `life_states` (
  `person_id` BINARY(16) NOT NULL,
  `since` DATE NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `noted_by` BINARY(16) NULL,
  `noted_at` DATETIME(3) NOT NULL,
  `confirmed_by` BINARY(16) NULL,
  `confirmed_at` DATETIME(3) NULL,
  PRIMARY KEY (`person_id`, `since`),
  KEY `ix_life_states_confirmed_at` (`confirmed_at`),
  CONSTRAINT `fk_life_states_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `affiliations` (
  `person_id` BINARY(16) NOT NULL,
  `since` DATE NOT NULL,
  `village_id` BINARY(16) NOT NULL,
  `branch_id` BINARY(16) NULL,
  `group_id` BINARY(16) NULL,
  PRIMARY KEY (`person_id`, `since`),
  CONSTRAINT `fk_affiliations_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_affiliations_village_id` FOREIGN KEY (`village_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_affiliations_branch_id` FOREIGN KEY (`branch_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_affiliations_group_id` FOREIGN KEY (`group_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `households` (
  `id` BINARY(16) NOT NULL,
  `village_id` BINARY(16) NOT NULL,
  `code` VARCHAR(20) NOT NULL,
  `name` VARCHAR(60) NOT NULL,
  `search_key` VARCHAR(400) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_households_village_id_code` (`village_id`, `code`),
  CONSTRAINT `fk_households_village_id` FOREIGN KEY (`village_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `merges` (
  `id` BINARY(16) NOT NULL,
  `kept_id` BINARY(16) NOT NULL,
  `gone_id` BINARY(16) NOT NULL,
  `moved` LONGTEXT NOT NULL,
  `merged_by` BINARY(16) NULL,
  `merged_at` DATETIME(3) NOT NULL,
  `undone_by` BINARY(16) NULL,
  `undone_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_merges_kept_id` (`kept_id`),
  KEY `ix_merges_gone_id` (`gone_id`),
  CONSTRAINT `fk_merges_kept_id` FOREIGN KEY (`kept_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_merges_gone_id` FOREIGN KEY (`gone_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `distinct_persons` (
  `person_id` BINARY(16) NOT NULL,
  `other_id` BINARY(16) NOT NULL,
  `said_by` BINARY(16) NULL,
  `said_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`person_id`, `other_id`),
  CONSTRAINT `fk_distinct_persons_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_distinct_persons_other_id` FOREIGN KEY (`other_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What is kept of places and departures so far becomes the beginning of the histories. It stands before the one change
-- of a table, so that a server that stops between them can begin again.
INSERT INTO `affiliations` (`person_id`, `since`, `village_id`, `branch_id`, `group_id`)
SELECT p.`id`, COALESCE((SELECT MIN(s.`since`) FROM `standings` s WHERE s.`person_id` = p.`id`), DATE(p.`made_at`)), p.`village_id`, p.`branch_id`, p.`group_id`
FROM `persons` p WHERE NOT EXISTS (SELECT 1 FROM `affiliations` a WHERE a.`person_id` = p.`id`);
INSERT INTO `life_states` (`person_id`, `since`, `state`, `noted_by`, `noted_at`, `confirmed_by`, `confirmed_at`)
SELECT p.`id`, p.`gone_on`, 'moved', NULL, p.`changed_at`, NULL, p.`changed_at` FROM `persons` p
WHERE p.`gone_on` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `life_states` l WHERE l.`person_id` = p.`id`);

ALTER TABLE `persons`
  ADD COLUMN `phone` BLOB NULL,
  ADD COLUMN `phone_index` VARCHAR(64) NOT NULL DEFAULT '',
  ADD COLUMN `household_id` BINARY(16) NULL,
  ADD COLUMN `merged_into` BINARY(16) NULL,
  ADD KEY `ix_persons_name` (`name`),
  ADD KEY `ix_persons_phone_index` (`phone_index`),
  ADD KEY `ix_persons_household_id` (`household_id`),
  ADD KEY `ix_persons_merged_into` (`merged_into`),
  ADD CONSTRAINT `fk_persons_household_id` FOREIGN KEY (`household_id`) REFERENCES `households` (`id`),
  ADD CONSTRAINT `fk_persons_merged_into` FOREIGN KEY (`merged_into`) REFERENCES `persons` (`id`);
