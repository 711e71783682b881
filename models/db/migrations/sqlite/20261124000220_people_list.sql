-- +goose Up
-- The list of people is found, searched and ordered within this index.
CREATE INDEX IF NOT EXISTS `ix_persons_list` ON `persons` (`name`, `id`, `village_id`, `branch_id`, `group_id`, `gone_on`, `merged_into`, `search_key`);
DROP INDEX IF EXISTS `ix_persons_name`;
