-- +goose Up
CREATE TABLE IF NOT EXISTS `watches` (
  `account_id` BINARY(16) NOT NULL,
  `lesson_id` BINARY(16) NOT NULL,
  `position_ms` INT NOT NULL,
  `changed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`account_id`, `lesson_id`),
  CONSTRAINT `fk_watches_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_watches_lesson_id` FOREIGN KEY (`lesson_id`) REFERENCES `lessons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `credits` (
  `person_id` BINARY(16) NOT NULL,
  `lesson_id` BINARY(16) NOT NULL,
  `year` INT NOT NULL,
  `minutes` INT NOT NULL,
  `centi_hours` INT NOT NULL,
  `rule` VARCHAR(40) NOT NULL,
  `source` VARCHAR(12) NOT NULL,
  `session_id` BINARY(16) NULL,
  `on_day` DATE NOT NULL,
  `made_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`person_id`, `lesson_id`, `year`),
  KEY `ix_credits_session_id` (`session_id`),
  KEY `ix_credits_year` (`year`),
  CONSTRAINT `fk_credits_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_credits_lesson_id` FOREIGN KEY (`lesson_id`) REFERENCES `lessons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `person_months` (
  `person_id` BINARY(16) NOT NULL,
  `month` CHAR(7) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `sessions` INT NOT NULL,
  `minutes` INT NOT NULL,
  PRIMARY KEY (`person_id`, `month`, `site_id`),
  KEY `ix_person_months_month_site_id` (`month`, `site_id`),
  CONSTRAINT `fk_person_months_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_person_months_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `person_sites` (
  `person_id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `sessions` INT NOT NULL,
  PRIMARY KEY (`site_id`, `person_id`),
  KEY `ix_person_sites_person_id` (`person_id`),
  CONSTRAINT `fk_person_sites_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_person_sites_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
