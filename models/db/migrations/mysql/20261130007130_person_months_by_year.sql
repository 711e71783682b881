-- +goose Up
-- Who was there in a year is counted in the order of an index of that year, however many years there are.
ALTER TABLE `person_months` ADD COLUMN `year` INT NOT NULL DEFAULT 0, ADD KEY `ix_person_months_year_person_id_month` (`year`, `person_id`, `month`);
