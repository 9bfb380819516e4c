-- +goose Up

-- Times are milliseconds since 1970, and NULL where there is none. Texts by
-- which rows are ordered are compared by their bytes, whatever the database's
-- locale, so that every engine pages alike.

CREATE TABLE connection (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text COLLATE "C" UNIQUE, -- NULL for a removed one
    connector      text    NOT NULL,
    resource       text    NOT NULL,
    config         bytea,
    secrets        json    NOT NULL, -- property to base64; never a secret in the clear
    hris           boolean NOT NULL,
    interval_ns    bigint  NOT NULL,
    shrink_percent bigint  NOT NULL,
    deadline_ns    bigint  NOT NULL,
    paused         boolean NOT NULL,
    created        bigint,
    updated        bigint,
    generation     bigint  NOT NULL DEFAULT 0,
    last_success   bigint,
    people         bigint  NOT NULL DEFAULT 0,
    with_access    bigint  NOT NULL DEFAULT 0,
    removed        boolean NOT NULL DEFAULT false -- its rows are being deleted, in chunks
);
CREATE UNIQUE INDEX connection_one_hris ON connection (hris) WHERE hris;

CREATE TABLE run (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id     bigint  NOT NULL REFERENCES connection (id),
    status            text    NOT NULL,
    trigger           text    NOT NULL,
    epoch             bigint  NOT NULL DEFAULT 1,
    base              bigint  NOT NULL,
    config_hash       bytea,
    connector_version text    NOT NULL,
    started           bigint,
    finished          bigint,
    lease_until       bigint  NOT NULL,
    cursor            text    NOT NULL DEFAULT '',
    complete          boolean NOT NULL DEFAULT false,
    pass              bigint  NOT NULL DEFAULT 1,
    pages             bigint  NOT NULL DEFAULT 0,
    records           bigint  NOT NULL DEFAULT 0,
    bytes             bigint  NOT NULL DEFAULT 0,
    quarantined       bigint  NOT NULL DEFAULT 0,
    unidentified      bigint  NOT NULL DEFAULT 0,
    waited_ns         bigint  NOT NULL DEFAULT 0,
    added             bigint  NOT NULL DEFAULT 0,
    changed           bigint  NOT NULL DEFAULT 0,
    unchanged         bigint  NOT NULL DEFAULT 0,
    removed           bigint  NOT NULL DEFAULT 0,
    class             text    NOT NULL DEFAULT '',
    reason            text    NOT NULL DEFAULT '',
    message           text    NOT NULL DEFAULT '',
    fix               text    NOT NULL DEFAULT '',
    plan              bytea,
    forgets           bigint  NOT NULL DEFAULT 0 -- persons forgotten while it ran
);
CREATE INDEX run_newest ON run (connection_id, id);
CREATE UNIQUE INDEX run_one_running ON run (connection_id) WHERE status = 'running';

-- Who a run met. The source's hash is that of the record which the person's
-- state, as of the run, was made from; NULL where there is no such state.
CREATE TABLE sighting (
    run_id           bigint  NOT NULL,
    person_id        text COLLATE "C" NOT NULL,
    pass             bigint  NOT NULL,
    source_hash      bytea,
    last_login       bigint,
    password_changed bigint,
    last_updated     bigint,
    stale            boolean NOT NULL,
    PRIMARY KEY (run_id, person_id)
);

-- A person as of one run: the narrow half, which promoting updates. The wide
-- one and its search index stay as they were written.
CREATE TABLE version (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint  NOT NULL,
    person_id     text COLLATE "C" NOT NULL,
    opened_by     bigint  NOT NULL,
    closed_by     bigint,
    closed_at     bigint,
    replaces      boolean NOT NULL, -- the person was visible before
    access        boolean NOT NULL,
    visible       bytea   NOT NULL
);
CREATE UNIQUE INDEX version_opened ON version (connection_id, opened_by, person_id);
CREATE INDEX version_closed ON version (connection_id, closed_by, person_id) WHERE closed_by IS NOT NULL;
CREATE INDEX version_closed_at ON version (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX version_open ON version (connection_id, person_id) INCLUDE (opened_by, access) WHERE closed_by IS NULL;

CREATE TABLE body (
    version_id bigint PRIMARY KEY,
    user_name  text  NOT NULL,
    name       text  NOT NULL,
    email      text  NOT NULL,
    title      text  NOT NULL,
    department text  NOT NULL,
    status     text  NOT NULL,
    search     text  NOT NULL, -- folded words, separated by single blanks
    view       bytea,
    source     bytea
);
-- The words are folded and separated already. PostgreSQL's own parser would
-- split some of them once more ("1e5a" into a number and a letter).
CREATE INDEX body_search ON body USING gin (array_to_tsvector(string_to_array(search, ' ')));
