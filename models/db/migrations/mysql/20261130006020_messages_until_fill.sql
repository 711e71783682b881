-- +goose Up
UPDATE `messages` SET `until` = JSON_UNQUOTE(JSON_EXTRACT(`facts`, '$.on')) WHERE JSON_EXTRACT(`facts`, '$.on') IS NOT NULL;
