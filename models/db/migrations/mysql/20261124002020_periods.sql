-- +goose Up
-- Until when a school may hand in a month, where that differs; the months that are sealed, and their figures.
CREATE TABLE IF NOT EXISTS `period_exceptions` (
  `site_id` BINARY(16) NOT NULL,
  `month` CHAR(7) NOT NULL,
  `on_time_until` DATE NOT NULL,
  `locked_after` DATE NOT NULL,
  `reason` VARCHAR(200) NOT NULL,
  `given_by` BINARY(16) NULL,
  `given_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`site_id`, `month`),
  CONSTRAINT `fk_period_exceptions_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `closed_months` (
  `unit_id` BINARY(16) NOT NULL,
  `month` CHAR(7) NOT NULL,
  `closed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`unit_id`, `month`),
  CONSTRAINT `fk_closed_months_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `sealed_months` (
  `site_id` BINARY(16) NOT NULL,
  `month` CHAR(7) NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `reason` VARCHAR(20) NOT NULL,
  `sessions` INT NOT NULL,
  `attendances` INT NOT NULL,
  `sealed_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`site_id`, `month`),
  CONSTRAINT `fk_sealed_months_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
