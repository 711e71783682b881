-- +goose Up
-- All acts of one kind.
ALTER TABLE `audit_rows` ADD KEY `ix_audit_rows_act` (`act`);
