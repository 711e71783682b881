-- +goose Up
UPDATE `person_months` SET `year` = CAST(SUBSTR(`month`, 1, 4) AS INTEGER);
