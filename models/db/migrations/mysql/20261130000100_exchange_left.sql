-- +goose Up
CREATE TABLE IF NOT EXISTS `exchange_left` (
  `group_id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `left_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`group_id`, `site_id`),
  KEY `ix_exchange_left_site_id` (`site_id`),
  CONSTRAINT `fk_exchange_left_group_id` FOREIGN KEY (`group_id`) REFERENCES `exchange_groups` (`id`),
  CONSTRAINT `fk_exchange_left_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
