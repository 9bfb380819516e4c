-- +goose Up

-- What the People view is made of beside the people: one row.
CREATE TABLE people_view (
    id                bigint PRIMARY KEY CHECK (id = 1),
    -- How often anything but a run changed what the view may show.
    revision          bigint NOT NULL DEFAULT 0,
    settings          bytea, -- a JSON object; NULL before the first
    settings_revision bigint NOT NULL DEFAULT 0
);
INSERT INTO people_view (id) VALUES (1);

-- One person's past, and those who left, in the order of ids. Loading writes
-- nothing to it: only what is closed is in it.
CREATE INDEX version_past ON version (connection_id, person_id, opened_by DESC) WHERE closed_by IS NOT NULL;
