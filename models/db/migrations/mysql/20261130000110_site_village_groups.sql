-- +goose Up
ALTER TABLE `sites`
  ADD COLUMN `village_group_id` BINARY(16) NULL,
  ADD CONSTRAINT `fk_sites_village_group_id` FOREIGN KEY (`village_group_id`) REFERENCES `units` (`id`);
