-- +goose Up
CREATE TABLE IF NOT EXISTS `offices` (
  `id` BINARY(16) NOT NULL,
  `person_id` BINARY(16) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `office` VARCHAR(20) NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_offices_person_id_unit_id_office_since` (`person_id`, `unit_id`, `office`, `since`),
  KEY `ix_offices_unit_id` (`unit_id`),
  CONSTRAINT `fk_offices_person_id` FOREIGN KEY (`person_id`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_offices_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
