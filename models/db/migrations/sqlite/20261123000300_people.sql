-- +goose Up
CREATE TABLE IF NOT EXISTS `persons` (
  `id` BLOB NOT NULL,
  `name` TEXT NOT NULL,
  `search_key` TEXT NOT NULL,
  `gender` TEXT NOT NULL,
  `birth_year` INTEGER NOT NULL,
  `village_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `branch_id` BLOB NULL REFERENCES `units` (`id`),
  `group_id` BLOB NULL REFERENCES `units` (`id`),
  `mobile` BOOLEAN NOT NULL,
  `gone_on` DATE NULL,
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_persons_village_id` ON `persons` (`village_id`);
CREATE INDEX IF NOT EXISTS `ix_persons_branch_id` ON `persons` (`branch_id`);
CREATE INDEX IF NOT EXISTS `ix_persons_group_id` ON `persons` (`group_id`);

CREATE TABLE IF NOT EXISTS `standings` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `since` DATE NOT NULL,
  `standing` TEXT NOT NULL,
  PRIMARY KEY (`person_id`, `since`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `exemptions` (
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `since` DATE NOT NULL,
  `until` DATE NULL,
  `approved_by` TEXT NOT NULL,
  PRIMARY KEY (`person_id`, `since`)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS `rosters` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `since` DATE NOT NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_rosters_site_id_person_id_since` ON `rosters` (`site_id`, `person_id`, `since`);
CREATE INDEX IF NOT EXISTS `ix_rosters_person_id` ON `rosters` (`person_id`);

CREATE TABLE IF NOT EXISTS `posts` (
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `post` TEXT NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  PRIMARY KEY (`site_id`, `post`, `since`)
);
CREATE INDEX IF NOT EXISTS `ix_posts_person_id` ON `posts` (`person_id`);
