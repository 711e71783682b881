-- +goose Up
CREATE TABLE IF NOT EXISTS `exchange_left` (
  `group_id` BLOB NOT NULL REFERENCES `exchange_groups` (`id`),
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `left_at` DATETIME NOT NULL,
  PRIMARY KEY (`group_id`, `site_id`)
);
CREATE INDEX IF NOT EXISTS `ix_exchange_left_site_id` ON `exchange_left` (`site_id`);
