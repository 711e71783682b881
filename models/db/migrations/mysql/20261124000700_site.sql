-- +goose Up
CREATE TABLE IF NOT EXISTS `handovers` (
  `id` BINARY(16) NOT NULL,
  `site_id` BINARY(16) NOT NULL,
  `on_day` DATE NOT NULL,
  `host_before` BINARY(16) NULL,
  `host_after` BINARY(16) NULL,
  `head_before` BINARY(16) NULL,
  `head_after` BINARY(16) NULL,
  `address_before` VARCHAR(200) NOT NULL,
  `address_after` VARCHAR(200) NOT NULL,
  `note` VARCHAR(500) NOT NULL,
  `made_by` BINARY(16) NULL,
  `made_at` DATETIME(3) NOT NULL,
  `undone_by` BINARY(16) NULL,
  `undone_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  KEY `ix_handovers_site_id_on_day` (`site_id`, `on_day`),
  CONSTRAINT `fk_handovers_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`),
  CONSTRAINT `fk_handovers_host_before` FOREIGN KEY (`host_before`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_handovers_host_after` FOREIGN KEY (`host_after`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_handovers_head_before` FOREIGN KEY (`head_before`) REFERENCES `persons` (`id`),
  CONSTRAINT `fk_handovers_head_after` FOREIGN KEY (`head_after`) REFERENCES `persons` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `handover_items` (
  `handover_id` BINARY(16) NOT NULL,
  `place` INT NOT NULL,
  `kind` VARCHAR(20) NOT NULL,
  `quantity` INT NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `note` VARCHAR(200) NOT NULL,
  PRIMARY KEY (`handover_id`, `place`),
  CONSTRAINT `fk_handover_items_handover_id` FOREIGN KEY (`handover_id`) REFERENCES `handovers` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `handover_grants` (
  `handover_id` BINARY(16) NOT NULL,
  `grant_id` BINARY(16) NOT NULL,
  `account_id` BINARY(16) NOT NULL,
  `role` VARCHAR(20) NOT NULL,
  `unit_id` BINARY(16) NOT NULL,
  `act` VARCHAR(12) NOT NULL,
  `on_day` DATE NOT NULL,
  `granted_by` BINARY(16) NULL,
  `granted_at` DATETIME(3) NOT NULL,
  `expires_at` DATETIME(3) NULL,
  PRIMARY KEY (`handover_id`, `grant_id`),
  KEY `ix_handover_grants_account_id_unit_id` (`account_id`, `unit_id`),
  CONSTRAINT `fk_handover_grants_handover_id` FOREIGN KEY (`handover_id`) REFERENCES `handovers` (`id`),
  CONSTRAINT `fk_handover_grants_account_id` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`),
  CONSTRAINT `fk_handover_grants_unit_id` FOREIGN KEY (`unit_id`) REFERENCES `units` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `site_items` (
  `site_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(20) NOT NULL,
  `quantity` INT NOT NULL,
  `state` VARCHAR(12) NOT NULL,
  `note` VARCHAR(200) NOT NULL,
  PRIMARY KEY (`site_id`, `kind`),
  CONSTRAINT `fk_site_items_site_id` FOREIGN KEY (`site_id`) REFERENCES `sites` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

UPDATE `sites` SET `network` = CASE `network` WHEN '4g_weak' THEN 'mobile_weak' WHEN '4g' THEN 'mobile_good' WHEN 'broadband' THEN 'broadband' WHEN 'none' THEN 'none' ELSE '' END;
