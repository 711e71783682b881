-- +goose Up
CREATE TABLE IF NOT EXISTS `offices` (
  `id` BLOB NOT NULL,
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `office` TEXT NOT NULL,
  `since` DATE NOT NULL,
  `until` DATE NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS `uq_offices_person_id_unit_id_office_since` ON `offices` (`person_id`, `unit_id`, `office`, `since`);
CREATE INDEX IF NOT EXISTS `ix_offices_unit_id` ON `offices` (`unit_id`);
