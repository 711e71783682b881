-- +goose Up
-- All acts of one kind.
CREATE INDEX IF NOT EXISTS `ix_audit_rows_act` ON `audit_rows` (`act`);
