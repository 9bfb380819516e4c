-- +goose Up

-- When a connection runs next, and what its runs so far mean for that.
ALTER TABLE connection ADD COLUMN next_run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN next_why TEXT NOT NULL DEFAULT '';
ALTER TABLE connection ADD COLUMN anchor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN told TEXT NOT NULL DEFAULT '';
-- What the connector found when it last connected.
ALTER TABLE connection ADD COLUMN checks BLOB;
ALTER TABLE connection ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;

-- Nobody has planned what was stored before: it is due.
UPDATE connection SET next_run = 1, next_why = 'catch_up', anchor = created WHERE NOT paused;
CREATE INDEX connection_next ON connection (next_run) WHERE next_run > 0;

ALTER TABLE run ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN worker TEXT NOT NULL DEFAULT '';
CREATE INDEX run_lease ON run (lease_until) WHERE status = 'running';

-- A run's log for people.
-- +goose StatementBegin
CREATE TABLE note (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    warning INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;
-- +goose StatementEnd
CREATE INDEX note_run ON note (run_id, id);

-- +goose StatementBegin
CREATE TABLE notification (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL,
    run_id        INTEGER NOT NULL,
    cause         TEXT    NOT NULL,
    body          BLOB    NOT NULL,
    created       INTEGER NOT NULL,
    delivered     INTEGER NOT NULL DEFAULT 0,
    given_up      INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT    NOT NULL DEFAULT ''
) STRICT;
-- +goose StatementEnd
CREATE INDEX notification_pending ON notification (id) WHERE delivered = 0 AND given_up = 0;
CREATE INDEX notification_run ON notification (run_id);

-- Executables that an administrator has declared to be connectors.
-- +goose StatementBegin
CREATE TABLE trust (
    connector TEXT PRIMARY KEY,
    sha256    TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
