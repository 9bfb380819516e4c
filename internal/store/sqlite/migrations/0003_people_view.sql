-- +goose Up

-- What the People view is made of beside the people: one row.
-- +goose StatementBegin
CREATE TABLE people_view (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    -- How often anything but a run changed what the view may show.
    revision          INTEGER NOT NULL DEFAULT 0,
    settings          BLOB,             -- a JSON object; NULL before the first
    settings_revision INTEGER NOT NULL DEFAULT 0
) STRICT;
-- +goose StatementEnd
INSERT INTO people_view (id) VALUES (1);
