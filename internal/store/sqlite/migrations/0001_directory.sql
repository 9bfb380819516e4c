-- +goose Up

-- Patchbay's mark in the file's header: a database with another is not ours.
-- The number is 'Ptch' in ASCII; see applicationID.
PRAGMA application_id = 0x50746368;

-- Times are Unix milliseconds, durations nanoseconds; 0 is none.

-- +goose StatementBegin
CREATE TABLE connection (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL while the connection is being removed.
    name           TEXT UNIQUE,
    connector      TEXT NOT NULL,
    resource       TEXT NOT NULL,
    config         BLOB,
    secrets        BLOB,             -- a JSON object of base64
    hris           INTEGER NOT NULL,
    interval       INTEGER NOT NULL,
    shrink_percent INTEGER NOT NULL,
    deadline       INTEGER NOT NULL,
    paused         INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    updated        INTEGER NOT NULL,
    generation     INTEGER NOT NULL DEFAULT 0,
    last_success   INTEGER NOT NULL DEFAULT 0,
    people         INTEGER NOT NULL DEFAULT 0,
    with_access    INTEGER NOT NULL DEFAULT 0,
    -- How often somebody was forgotten: a page that was compared before that is
    -- compared again.
    forgotten      INTEGER NOT NULL DEFAULT 0
) STRICT;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE run (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id     INTEGER NOT NULL REFERENCES connection (id),
    status            TEXT    NOT NULL,
    cause             TEXT    NOT NULL,
    epoch             INTEGER NOT NULL,
    base              INTEGER NOT NULL,
    config_hash       BLOB,
    connector_version TEXT    NOT NULL,
    started           INTEGER NOT NULL,
    finished          INTEGER NOT NULL DEFAULT 0,
    lease_until       INTEGER NOT NULL,
    cursor            TEXT    NOT NULL DEFAULT '',
    complete          INTEGER NOT NULL DEFAULT 0,
    pass              INTEGER NOT NULL,
    pages             INTEGER NOT NULL DEFAULT 0,
    records           INTEGER NOT NULL DEFAULT 0,
    bytes             INTEGER NOT NULL DEFAULT 0,
    quarantined       INTEGER NOT NULL DEFAULT 0,
    unidentified      INTEGER NOT NULL DEFAULT 0,
    waited            INTEGER NOT NULL DEFAULT 0,
    added             INTEGER NOT NULL DEFAULT 0,
    changed           INTEGER NOT NULL DEFAULT 0,
    unchanged         INTEGER NOT NULL DEFAULT 0,
    removed           INTEGER NOT NULL DEFAULT 0,
    class             TEXT    NOT NULL DEFAULT '',
    reason            TEXT    NOT NULL DEFAULT '',
    message           TEXT    NOT NULL DEFAULT '',
    fix               TEXT    NOT NULL DEFAULT '',
    plan              BLOB,
    -- Whether the versions that the run closed are gone, or going: it has no
    -- changes to show any more.
    swept             INTEGER NOT NULL DEFAULT 0
) STRICT;
-- +goose StatementEnd
CREATE UNIQUE INDEX run_running ON run (connection_id) WHERE status = 'running';
CREATE INDEX run_connection ON run (connection_id, id);

-- A version is narrow, for promoting rewrites the row when it closes it; what
-- people see of it is a body, which is written once.
-- +goose StatementBegin
CREATE TABLE version (
    connection_id INTEGER NOT NULL,
    person_id     TEXT    NOT NULL,
    opened_by     INTEGER NOT NULL, -- the run that wrote it
    closed_by     INTEGER,          -- the run that replaced or removed it
    body_id       INTEGER NOT NULL,
    access        INTEGER NOT NULL,
    visible       BLOB    NOT NULL,
    PRIMARY KEY (connection_id, person_id, opened_by)
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
CREATE INDEX version_opened ON version (connection_id, opened_by, person_id);
CREATE INDEX version_closed ON version (connection_id, closed_by, person_id) WHERE closed_by IS NOT NULL;
CREATE UNIQUE INDEX version_body ON version (body_id);

-- +goose StatementBegin
CREATE TABLE body (
    id         INTEGER PRIMARY KEY,
    user_name  TEXT NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    title      TEXT NOT NULL,
    department TEXT NOT NULL,
    status     TEXT NOT NULL,
    view       BLOB,
    source     BLOB
) STRICT;
-- +goose StatementEnd

-- The words of a version, by its body's id. They come folded and separated by blanks,
-- which is all that the ascii tokenizer splits at there; unicode61 would go by
-- the Unicode of 2012.
CREATE VIRTUAL TABLE body_words USING fts5 (words, content = '', contentless_delete = 1, detail = none, prefix = '2 3', tokenize = 'ascii');
-- Deleting must not set off merges that hold the write connection for a second;
-- the merges that writing sets off drop what was deleted. See
-- https://www.sqlite.org/fts5.html#the_deletemerge_configuration_option.
INSERT INTO body_words (body_words, rank) VALUES ('deletemerge', 0);

-- +goose StatementBegin
CREATE TABLE sighting (
    run_id           INTEGER NOT NULL,
    person_id        TEXT    NOT NULL,
    pass             INTEGER NOT NULL,
    source_hash      BLOB    NOT NULL, -- empty where no source was ever read
    last_login       INTEGER NOT NULL,
    password_changed INTEGER NOT NULL,
    last_updated     INTEGER NOT NULL,
    stale            INTEGER NOT NULL,
    PRIMARY KEY (run_id, person_id)
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
