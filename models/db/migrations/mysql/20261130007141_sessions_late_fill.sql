-- +goose Up
UPDATE `sessions` SET `late` = 1 WHERE `state` = 'late';
