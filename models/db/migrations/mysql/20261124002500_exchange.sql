-- +goose Up
CREATE TABLE IF NOT EXISTS `exchange_weeks` (
  `township_id` BINARY(16) NOT NULL,
  `quarter` CHAR(7) NOT NULL,
  `monday` DATE NOT NULL,
  `set_by` BINARY(16) NULL,
  `set_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`township_id`, `quarter`),
  CONSTRAINT `fk_exchange_weeks_township_id` FOREIGN KEY (`township_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `exchange_groups` (
  `id` BINARY(16) NOT NULL,
  `township_id` BINARY(16) NOT NULL,
  `quarter` CHAR(7) NOT NULL,
  `host_id` BINARY(16) NOT NULL,
  `held_on` DATE NOT NULL,
  `hour` VARCHAR(5) NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `reason` VARCHAR(16) NOT NULL,
  `by_hand` BOOLEAN NOT NULL,
  `session_id` BINARY(16) NOT NULL,
  `sequence` BIGINT NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_exchange_groups_township_id_quarter` (`township_id`, `quarter`),
  UNIQUE KEY `uq_exchange_groups_session_id` (`session_id`),
  CONSTRAINT `fk_exchange_groups_township_id` FOREIGN KEY (`township_id`) REFERENCES `units` (`id`),
  CONSTRAINT `fk_exchange_groups_host_id` FOREIGN KEY (`host_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `exchange_members` (
  `group_id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `quarter` CHAR(7) NOT NULL,
  PRIMARY KEY (`group_id`, `site_id`),
  UNIQUE KEY `uq_exchange_members_site_id_quarter` (`site_id`, `quarter`),
  CONSTRAINT `fk_exchange_members_group_id` FOREIGN KEY (`group_id`) REFERENCES `exchange_groups` (`id`),
  CONSTRAINT `fk_exchange_members_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
