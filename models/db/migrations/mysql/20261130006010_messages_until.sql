-- +goose Up
-- The last day on which a message concerns anybody: after it nobody is waited for to read it.
ALTER TABLE `messages`
  ADD COLUMN `until` DATE NULL,
  ADD KEY `ix_messages_account_id_read_at` (`account_id`, `read_at`, `overtaken_at`, `until`);
