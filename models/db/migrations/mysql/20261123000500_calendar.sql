-- +goose Up
CREATE TABLE IF NOT EXISTS `calendar_days` (
  `day` DATE NOT NULL,
  `kind` VARCHAR(16) NOT NULL,
  `name` VARCHAR(60) NOT NULL,
  `source` VARCHAR(20) NOT NULL,
  PRIMARY KEY (`day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `calendar_years` (
  `year` INT NOT NULL,
  `source` VARCHAR(20) NOT NULL,
  `loaded_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`year`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `activity_days` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `month` CHAR(7) NOT NULL,
  `nth` INT NOT NULL,
  `planned_on` DATE NOT NULL,
  `ruled_on` DATE NOT NULL,
  `shift` VARCHAR(20) NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `reason` VARCHAR(30) NOT NULL,
  `moved_by` BINARY(16) NULL,
  `session_id` BINARY(16) NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_activity_days_site_id_month_nth` (`site_id`, `month`, `nth`),
  UNIQUE KEY `uq_activity_days_session_id` (`session_id`),
  KEY `ix_activity_days_planned_on` (`planned_on`),
  KEY `ix_activity_days_month` (`month`),
  CONSTRAINT `fk_activity_days_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
