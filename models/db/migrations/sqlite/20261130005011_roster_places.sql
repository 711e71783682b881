-- +goose Up
ALTER TABLE `rosters` ADD COLUMN `came_act_id` BLOB NULL REFERENCES `roster_acts` (`id`);
ALTER TABLE `rosters` ADD COLUMN `left_act_id` BLOB NULL REFERENCES `roster_acts` (`id`);
CREATE INDEX IF NOT EXISTS `fk_rosters_came_act_id` ON `rosters` (`came_act_id`);
CREATE INDEX IF NOT EXISTS `fk_rosters_left_act_id` ON `rosters` (`left_act_id`);
