-- +goose Up
CREATE TABLE IF NOT EXISTS `sessions` (
  `id` BLOB NOT NULL,
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `venue_site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `activity_day_id` BLOB NULL REFERENCES `activity_days` (`id`),
  `kinds` TEXT NOT NULL,
  `held_on` DATE NOT NULL,
  `began_at` DATETIME NULL,
  `ended_at` DATETIME NULL,
  `minutes` INTEGER NOT NULL,
  `state` TEXT NOT NULL,
  `place` TEXT NOT NULL,
  `chair` TEXT NOT NULL,
  `recorder` TEXT NOT NULL,
  `revision` INTEGER NOT NULL,
  `due` INTEGER NOT NULL,
  `present` INTEGER NOT NULL,
  `on_leave` INTEGER NOT NULL,
  `absent` INTEGER NOT NULL,
  `made_up` INTEGER NOT NULL,
  `exempt` INTEGER NOT NULL,
  `unmarked` INTEGER NOT NULL,
  `observers` INTEGER NOT NULL,
  `guests` INTEGER NOT NULL,
  `adults` INTEGER NOT NULL,
  `children` INTEGER NOT NULL,
  `attended` INTEGER NOT NULL,
  `happened_at` DATETIME NOT NULL,
  `recorded_at` DATETIME NOT NULL,
  `received_at` DATETIME NOT NULL,
  `device` TEXT NOT NULL,
  `seq` INTEGER NOT NULL,
  `opened_by` BLOB NULL REFERENCES `accounts` (`id`),
  `submitted_by` BLOB NULL REFERENCES `accounts` (`id`),
  `submitted_at` DATETIME NULL,
  `merged_into` BLOB NULL REFERENCES `sessions` (`id`),
  `made_at` DATETIME NOT NULL,
  `changed_at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_sessions_site_id_held_on_state_minutes_attended` ON `sessions` (`site_id`, `held_on`, `state`, `minutes`, `attended`);
CREATE INDEX IF NOT EXISTS `ix_sessions_held_on_state_minutes_attended` ON `sessions` (`held_on`, `state`, `minutes`, `attended`);
CREATE INDEX IF NOT EXISTS `ix_sessions_activity_day_id` ON `sessions` (`activity_day_id`);

CREATE TABLE IF NOT EXISTS `session_lessons` (
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `lesson_id` BLOB NOT NULL REFERENCES `lessons` (`id`),
  `place` INTEGER NOT NULL,
  PRIMARY KEY (`session_id`, `lesson_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_session_lessons_lesson_id` ON `session_lessons` (`lesson_id`);

CREATE TABLE IF NOT EXISTS `marks` (
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `site_id` BLOB NOT NULL REFERENCES `sites` (`id`),
  `list` TEXT NOT NULL,
  `state` TEXT NOT NULL,
  `reason` TEXT NOT NULL,
  `made_up_on` DATE NULL,
  `revision` INTEGER NOT NULL,
  `account_id` BLOB NULL REFERENCES `accounts` (`id`),
  `happened_at` DATETIME NOT NULL,
  `recorded_at` DATETIME NOT NULL,
  `received_at` DATETIME NOT NULL,
  `device` TEXT NOT NULL,
  `seq` INTEGER NOT NULL,
  PRIMARY KEY (`session_id`, `person_id`)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS `ix_marks_person_id` ON `marks` (`person_id`);

CREATE TABLE IF NOT EXISTS `mark_changes` (
  `id` INTEGER PRIMARY KEY,
  `session_id` BLOB NOT NULL,
  `person_id` BLOB NOT NULL,
  `revision` INTEGER NOT NULL,
  `before_state` TEXT NOT NULL,
  `after_state` TEXT NOT NULL,
  `before_reason` TEXT NOT NULL,
  `after_reason` TEXT NOT NULL,
  `account_id` BLOB NULL,
  `why` TEXT NOT NULL,
  `happened_at` DATETIME NOT NULL,
  `recorded_at` DATETIME NOT NULL,
  `received_at` DATETIME NOT NULL,
  `device` TEXT NOT NULL,
  `seq` INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS `ix_mark_changes_session_id_person_id` ON `mark_changes` (`session_id`, `person_id`);

CREATE TABLE IF NOT EXISTS `mark_conflicts` (
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `person_id` BLOB NOT NULL REFERENCES `persons` (`id`),
  `device` TEXT NOT NULL,
  `seq` INTEGER NOT NULL,
  `base_revision` INTEGER NOT NULL,
  `state` TEXT NOT NULL,
  `reason` TEXT NOT NULL,
  `made_up_on` DATE NULL,
  `account_id` BLOB NULL,
  `at` DATETIME NOT NULL,
  `settled_by` BLOB NULL,
  `settled_at` DATETIME NULL,
  `settled_as` TEXT NOT NULL,
  PRIMARY KEY (`session_id`, `person_id`, `device`, `seq`)
);

CREATE TABLE IF NOT EXISTS `guests` (
  `id` BLOB NOT NULL,
  `session_id` BLOB NOT NULL REFERENCES `sessions` (`id`),
  `place` INTEGER NOT NULL,
  `name` TEXT NOT NULL,
  `person_id` BLOB NULL REFERENCES `persons` (`id`),
  `account_id` BLOB NULL,
  `at` DATETIME NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX IF NOT EXISTS `ix_guests_session_id` ON `guests` (`session_id`);

CREATE TABLE IF NOT EXISTS `roll_items` (
  `device` TEXT NOT NULL,
  `seq` INTEGER NOT NULL,
  `session_id` BLOB NOT NULL,
  `hash` TEXT NOT NULL,
  `revision` INTEGER NOT NULL,
  `why` TEXT NOT NULL,
  `receipt` TEXT NOT NULL,
  `account_id` BLOB NULL,
  `received_at` DATETIME NOT NULL,
  PRIMARY KEY (`device`, `seq`)
);
CREATE INDEX IF NOT EXISTS `ix_roll_items_session_id` ON `roll_items` (`session_id`);
