-- +goose Up
-- Who stands on a school's roster on a day, read from the index alone.
ALTER TABLE `rosters` ADD KEY `ix_rosters_site_id_since` (`site_id`, `since`, `until`, `person_id`);
