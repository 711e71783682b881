-- +goose Up
CREATE TABLE IF NOT EXISTS `handovers` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `on_day` DATE NOT NULL,
  `host_before` BLOB NULL REFERENCES `persons` (`id`),
  `host_after` BLOB NULL REFERENCES `persons` (`id`),
  `head_before` BLOB NULL REFERENCES `persons` (`id`),
  `head_after` BLOB NULL REFERENCES `persons` (`id`),
  `address_before` TEXT NOT NULL,
  `address_after` TEXT NOT NULL,
  `note` TEXT NOT NULL,
  `made_by` BLOB NULL,
  `made_at` DATETIME NOT NULL,
  `undone_by` BLOB NULL,
  `undone_at` DATETIME NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_handovers_site_id_on_day` ON `handovers` (`site_id`, `on_day`);

CREATE TABLE IF NOT EXISTS `handover_items` (
  `handover_id` BLOB NOT NULL REFERENCES `handovers` (`id`),
  `place` INTEGER NOT NULL,
  `kind` TEXT NOT NULL,
  `quantity` INTEGER NOT NULL,
  `state` TEXT NOT NULL,
  `note` TEXT NOT NULL,
  PRIMARY KEY (`handover_id`, `place`)
);

CREATE TABLE IF NOT EXISTS `handover_grants` (
  `handover_id` BLOB NOT NULL REFERENCES `handovers` (`id`),
  `grant_id` BLOB NOT NULL,
  `account_id` BLOB NOT NULL REFERENCES `accounts` (`id`),
  `role` TEXT NOT NULL,
  `unit_id` BLOB NOT NULL REFERENCES `units` (`id`),
  `act` TEXT NOT NULL,
  `on_day` DATE NOT NULL,
  `granted_by` BLOB NULL,
  `granted_at` DATETIME NOT NULL,
  `expires_at` DATETIME NULL,
  PRIMARY KEY (`handover_id`, `grant_id`)
);
CREATE INDEX IF NOT EXISTS `ix_handover_grants_account_id_unit_id` ON `handover_grants` (`account_id`, `unit_id`);

CREATE TABLE IF NOT EXISTS `site_items` (
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `kind` TEXT NOT NULL,
  `quantity` INTEGER NOT NULL,
  `state` TEXT NOT NULL,
  `note` TEXT NOT NULL,
  PRIMARY KEY (`site_id`, `kind`)
);

UPDATE `sites` SET `network` = CASE `network` WHEN '4g_weak' THEN 'mobile_weak' WHEN '4g' THEN 'mobile_good' WHEN 'broadband' THEN 'broadband' WHEN 'none' THEN 'none' ELSE '' END;
