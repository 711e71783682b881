-- +goose Up
-- That an activity day should be called off: who asked, why, and what the township said.
CREATE TABLE IF NOT EXISTS `cancellations` (
  `id` BINARY(16) NOT NULL,
  `activity_day_id` BINARY(16) NOT NULL,
  `reason` VARCHAR(20) NOT NULL,
  `note` VARCHAR(200) NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `asked_by` BINARY(16) NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `decided_by` BINARY(16) NULL,
  `decided_at` DATETIME(3) NULL,
  `answer` VARCHAR(200) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_cancellations_activity_day_id_asked_at` (`activity_day_id`, `asked_at`),
  KEY `ix_cancellations_state` (`state`),
  CONSTRAINT `fk_cancellations_activity_day_id` FOREIGN KEY (`activity_day_id`) REFERENCES `activity_days` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
