-- +goose Up
ALTER TABLE `affiliations`
  ADD COLUMN `village_group_id` BINARY(16) NULL,
  ADD CONSTRAINT `fk_affiliations_village_group_id` FOREIGN KEY (`village_group_id`) REFERENCES `units` (`id`);
