-- +goose Up
-- The list of people is found, searched and ordered within this index.
ALTER TABLE `persons`
  ADD KEY `ix_persons_list` (`name`, `id`, `village_id`, `branch_id`, `group_id`, `gone_on`, `merged_into`, `search_key`),
  DROP KEY `ix_persons_name`;
