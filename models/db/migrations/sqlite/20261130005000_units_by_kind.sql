-- +goose Up
-- The townships, villages or branches of a county are found and ordered within this index.
CREATE INDEX IF NOT EXISTS `ix_units_tree_kind_code` ON `units` (`tree`, `kind`, `code`);
