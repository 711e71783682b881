-- +goose Up
ALTER TABLE `job_runs` ADD COLUMN `dry` BOOLEAN NOT NULL DEFAULT 0;
CREATE TABLE IF NOT EXISTS `replicas` (
  `host` TEXT NOT NULL,
  `version` TEXT NOT NULL,
  `seen_at` DATETIME NOT NULL,
  `ahead_ms` INTEGER NOT NULL,
  PRIMARY KEY (`host`)
) WITHOUT ROWID;
