-- +goose Up
ALTER TABLE `persons`
  ADD COLUMN `village_group_id` BINARY(16) NULL,
  ADD KEY `ix_persons_village_group_id` (`village_group_id`),
  ADD CONSTRAINT `fk_persons_village_group_id` FOREIGN KEY (`village_group_id`) REFERENCES `units` (`id`);
