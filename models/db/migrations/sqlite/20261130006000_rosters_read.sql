-- +goose Up
-- Who stands on a school's roster on a day, read from the index alone.
CREATE INDEX IF NOT EXISTS `ix_rosters_site_id_since` ON `rosters` (`site_id`, `since`, `until`, `person_id`);
