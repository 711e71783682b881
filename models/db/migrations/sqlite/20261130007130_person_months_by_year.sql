-- +goose Up
-- Who was there in a year is counted in the order of an index of that year, however many years there are.
ALTER TABLE `person_months` ADD COLUMN `year` INTEGER NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS `ix_person_months_year_person_id_month` ON `person_months` (`year`, `person_id`, `month`);
