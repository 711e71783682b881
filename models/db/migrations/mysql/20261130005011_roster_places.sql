-- +goose Up
ALTER TABLE `rosters`
  ADD COLUMN `came_act_id` BINARY(16) NULL,
  ADD COLUMN `left_act_id` BINARY(16) NULL,
  ADD CONSTRAINT `fk_rosters_came_act_id` FOREIGN KEY (`came_act_id`) REFERENCES `roster_acts` (`id`),
  ADD CONSTRAINT `fk_rosters_left_act_id` FOREIGN KEY (`left_act_id`) REFERENCES `roster_acts` (`id`);
