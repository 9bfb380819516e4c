-- +goose Up

-- Whom a run met is kept by numbers, which people get in the order of the
-- listing, and no longer by ids, which are in none: see the package sheet.

-- +goose StatementBegin
CREATE TABLE number (
    connection_id INTEGER NOT NULL,
    person_id     TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    PRIMARY KEY (connection_id, person_id)
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
INSERT INTO number
SELECT connection_id, person_id, row_number() OVER (PARTITION BY connection_id ORDER BY min(body_id)) - 1
FROM version GROUP BY connection_id, person_id;

ALTER TABLE version ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE version SET number = (SELECT n.number FROM number n WHERE n.connection_id = version.connection_id AND n.person_id = version.person_id);

-- The next number of the run's connection.
ALTER TABLE run ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;
UPDATE run SET numbered = (SELECT count(*) FROM number n WHERE n.connection_id = run.connection_id);

-- A sheet holds what a run knows of 24 people of consecutive numbers, so that two
-- fit a page of the file. Its id is the run's, shifted by 32 bits, and its place.
-- +goose StatementBegin
CREATE TABLE sheet (
    id    INTEGER PRIMARY KEY,
    pass  INTEGER NOT NULL,
    met   INTEGER NOT NULL, -- how many of them the run met
    seen  INTEGER NOT NULL, -- a bit for each of those
    slots BLOB    NOT NULL,
    ids   BLOB    NOT NULL
) STRICT;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE slot (
    run_id INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    slot   INTEGER NOT NULL,
    pass   INTEGER NOT NULL,
    text   TEXT    NOT NULL, -- in hexadecimal
    id     TEXT    NOT NULL,
    PRIMARY KEY (run_id, place, slot)
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
-- The hashes are left out: the next run looks at everybody anew. Slots are of
-- those who stand, or of whom the run has staged a version.
INSERT INTO slot
SELECT r.id, n.number / 24, n.number % 24, r.pass,
    CASE WHEN s.stale THEN '03' ELSE '01' END || printf('%064d', 0)
        || printf('%014x', s.last_login & 0xffffffffffffff) || printf('%014x', s.password_changed & 0xffffffffffffff) || printf('%014x', s.last_updated & 0xffffffffffffff),
    printf('%04x', length(CAST(s.person_id AS BLOB))) || hex(s.person_id)
FROM run r JOIN connection c ON c.id = r.connection_id
CROSS JOIN sighting s ON s.run_id = r.id AND s.pass = r.pass
CROSS JOIN number n ON n.connection_id = r.connection_id AND n.person_id = s.person_id
WHERE (r.status IN ('running', 'held') OR r.id = c.generation) AND EXISTS (
    SELECT 1 FROM version v WHERE v.connection_id = r.connection_id AND v.person_id = s.person_id
        AND v.closed_by IS NULL AND (v.opened_by <= r.base OR v.opened_by = r.id));
INSERT INTO sheet (id, pass, met, seen, slots, ids)
WITH RECURSIVE position (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM position WHERE n < 23)
SELECT p.run_id << 32 | p.place, p.pass, count(s.slot), sum(CASE WHEN s.slot IS NULL THEN 0 ELSE 1 << s.slot END),
    unhex(group_concat(coalesce(s.text, printf('%0108d', 0)), '' ORDER BY n)), unhex(group_concat(coalesce(s.id, '0000'), '' ORDER BY n))
FROM (SELECT DISTINCT run_id, place, pass FROM slot) p CROSS JOIN position
LEFT JOIN slot s ON s.run_id = p.run_id AND s.place = p.place AND s.slot = n
GROUP BY p.run_id, p.place;

-- Somebody whose record a run could not read, and of whom nothing is known.
-- +goose StatementBegin
CREATE TABLE stranger (
    run_id    INTEGER NOT NULL,
    person_id TEXT    NOT NULL,
    pass      INTEGER NOT NULL,
    PRIMARY KEY (run_id, person_id)
) STRICT, WITHOUT ROWID;
-- +goose StatementEnd
INSERT INTO stranger
SELECT r.id, s.person_id, s.pass FROM run r CROSS JOIN sighting s ON s.run_id = r.id AND s.pass = r.pass
WHERE r.status IN ('running', 'held') AND NOT EXISTS (
    SELECT 1 FROM version v WHERE v.connection_id = r.connection_id AND v.person_id = s.person_id
        AND v.closed_by IS NULL AND (v.opened_by <= r.base OR v.opened_by = r.id));

DROP TABLE slot;
DROP TABLE number;
DROP TABLE sighting;
