-- +goose Up
CREATE TABLE IF NOT EXISTS `persons` (
  `id` BINARY(16) NOT NULL,
  `name` VARCHAR(60) NOT NULL,
  `search_key` VARCHAR(400) NOT NULL,
  `gender` VARCHAR(8) NOT NULL,
  `birth_year` INT NOT NULL,
  `village_id` BINARY(16) NOT NULL,
  `branch_id` BINARY(16) NULL,
  `group_id` BINARY(16) NULL,
  `mobile` BOOLEAN NOT NULL,
  `gone_on` DATE NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_persons_village_id` (`village_id`),
  KEY `ix_persons_branch_id` (`branch_id`),
  KEY `ix_persons_group_id` (`group_id`),
  CONSTRAINT `fk_persons_village_id` FOREIGN KEY (`village_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_persons_branch_id` FOREIGN KEY (`branch_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_persons_group_id` FOREIGN KEY (`group_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `standings` (
  `person_id` BINARY(16) NOT NULL,
  `since` DATE NOT NULL,
  `standing` VARCHAR(20) NOT NULL,
  PRIMARY KEY (`person_id`, `since`),
  CONSTRAINT `fk_standings_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `exemptions` (
  `person_id` BINARY(16) NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  `approved_by` VARCHAR(60) NOT NULL,
  PRIMARY KEY (`person_id`, `since`),
  CONSTRAINT `fk_exemptions_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `rosters` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `person_id` BINARY(16) NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_rosters_site_id_person_id_since` (`site_id`, `person_id`, `since`),
  KEY `ix_rosters_person_id` (`person_id`),
  CONSTRAINT `fk_rosters_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_rosters_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `posts` (
  `site_id` BINARY(16) NOT NULL,
  `post` VARCHAR(12) NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  `person_id` BINARY(16) NOT NULL,
  PRIMARY KEY (`site_id`, `post`, `since`),
  KEY `ix_posts_person_id` (`person_id`),
  CONSTRAINT `fk_posts_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_posts_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
