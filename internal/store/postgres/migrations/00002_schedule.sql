-- +goose Up

-- When a connection runs next, and what its runs so far mean for that; and what
-- its connector found when it last connected.
ALTER TABLE connection
    ADD COLUMN next_run bigint,
    ADD COLUMN next_why text   NOT NULL DEFAULT '',
    ADD COLUMN anchor   bigint,
    ADD COLUMN failures bigint NOT NULL DEFAULT 0,
    ADD COLUMN settled  bigint NOT NULL DEFAULT 0,
    ADD COLUMN told     text   NOT NULL DEFAULT '',
    ADD COLUMN checks   bytea,
    ADD COLUMN checked  bigint;

-- Nobody has planned what was stored before: it is due.
UPDATE connection SET next_run = 1, next_why = 'catch_up', anchor = created WHERE NOT paused AND NOT removed;
CREATE INDEX connection_next ON connection (next_run) WHERE next_run IS NOT NULL;

ALTER TABLE run
    ADD COLUMN slot   bigint,
    ADD COLUMN worker text NOT NULL DEFAULT '';
CREATE INDEX run_lease ON run (lease_until) WHERE status = 'running';

-- A run's log for people.
CREATE TABLE note (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id  bigint  NOT NULL,
    at      bigint,
    warning boolean NOT NULL,
    text    text    NOT NULL
);
CREATE INDEX note_run ON note (run_id, id);

CREATE TABLE notification (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint NOT NULL,
    run_id        bigint NOT NULL,
    cause         text   NOT NULL,
    body          bytea  NOT NULL,
    created       bigint,
    delivered     bigint,
    given_up      bigint,
    attempts      bigint NOT NULL DEFAULT 0,
    last_error    text   NOT NULL DEFAULT ''
);
CREATE INDEX notification_pending ON notification (id) WHERE delivered IS NULL AND given_up IS NULL;
CREATE INDEX notification_run ON notification (run_id);

-- Executables that an administrator has declared to be connectors.
CREATE TABLE trust (
    connector text COLLATE "C" PRIMARY KEY,
    sha256    text NOT NULL,
    at        bigint
);
