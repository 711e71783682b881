-- +goose Up
UPDATE `messages` SET `until` = json_extract(`facts`, '$.on') WHERE json_extract(`facts`, '$.on') IS NOT NULL;
