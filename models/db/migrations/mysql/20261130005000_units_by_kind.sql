-- +goose Up
-- The townships, villages or branches of a county are found and ordered within this index.
ALTER TABLE `units` ADD KEY `ix_units_tree_kind_code` (`tree`, `kind`, `code`);
