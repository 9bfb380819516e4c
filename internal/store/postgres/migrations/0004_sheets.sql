-- +goose Up

-- Whom a run met is kept by numbers, which people get in the order of the
-- listing, and no longer by ids, which are in none: see the package sheet.

CREATE TEMPORARY TABLE number ON COMMIT DROP AS
SELECT connection_id, person_id, row_number() OVER (PARTITION BY connection_id ORDER BY min(id)) - 1 AS number
FROM version GROUP BY connection_id, person_id;
CREATE UNIQUE INDEX number_person ON number (connection_id, person_id);
ANALYZE number;

ALTER TABLE version ADD COLUMN number bigint NOT NULL DEFAULT 0;
UPDATE version SET number = n.number FROM number n WHERE n.connection_id = version.connection_id AND n.person_id = version.person_id;
ALTER TABLE version ALTER number DROP DEFAULT;

-- The next number of the run's connection.
ALTER TABLE run ADD COLUMN numbered bigint NOT NULL DEFAULT 0;
UPDATE run SET numbered = (SELECT count(*) FROM number n WHERE n.connection_id = run.connection_id);

-- A sheet holds what a run knows of 24 people of consecutive numbers.
CREATE TABLE sheet (
    run_id bigint NOT NULL,
    place  bigint NOT NULL,
    pass   bigint NOT NULL,
    met    bigint NOT NULL, -- how many of them the run met
    seen   bigint NOT NULL, -- a bit for each of those
    slots  bytea  NOT NULL,
    ids    bytea NOT NULL,
    PRIMARY KEY (run_id, place)
);
-- Slots are read with each page, and hashes can't be compressed.
ALTER TABLE sheet ALTER slots SET STORAGE PLAIN;

-- The hashes are left out: the next run looks at everybody anew. Slots are of
-- those who stand, or of whom the run has staged a version.
CREATE TEMPORARY TABLE slot ON COMMIT DROP AS
SELECT r.id AS run_id, n.number / 24 AS place, n.number % 24 AS slot, r.pass,
    CASE WHEN s.stale THEN '\x03'::bytea ELSE '\x01'::bytea END || decode(repeat('00', 32), 'hex')
        || substring(int8send(coalesce(s.last_login, 0)) FROM 2) || substring(int8send(coalesce(s.password_changed, 0)) FROM 2)
        || substring(int8send(coalesce(s.last_updated, 0)) FROM 2) AS met,
    int2send(octet_length(s.person_id)::int2) || convert_to(s.person_id, 'UTF8') AS id
FROM run r JOIN connection c ON c.id = r.connection_id
JOIN sighting s ON s.run_id = r.id AND s.pass = r.pass
JOIN number n ON n.connection_id = r.connection_id AND n.person_id = s.person_id
WHERE (r.status IN ('running', 'held') OR r.id = c.generation) AND EXISTS (
    SELECT FROM version v WHERE v.connection_id = r.connection_id AND v.person_id = s.person_id
        AND v.closed_by IS NULL AND (v.opened_by <= r.base OR v.opened_by = r.id));
CREATE UNIQUE INDEX slot_place ON slot (run_id, place, slot);
ANALYZE slot;
INSERT INTO sheet (run_id, place, pass, met, seen, slots, ids)
SELECT p.run_id, p.place, p.pass, count(s.slot), sum(CASE WHEN s.slot IS NULL THEN 0 ELSE 1::bigint << s.slot::int END),
    string_agg(coalesce(s.met, decode(repeat('00', 54), 'hex')), '' ORDER BY n), string_agg(coalesce(s.id, '\x0000'), '' ORDER BY n)
FROM (SELECT DISTINCT run_id, place, pass FROM slot) p CROSS JOIN generate_series(0, 23) AS n
LEFT JOIN slot s ON s.run_id = p.run_id AND s.place = p.place AND s.slot = n
GROUP BY p.run_id, p.place, p.pass;

-- Somebody whose record a run could not read, and of whom nothing is known.
CREATE TABLE stranger (
    run_id    bigint NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    pass      bigint NOT NULL,
    PRIMARY KEY (run_id, person_id)
);
INSERT INTO stranger
SELECT r.id, s.person_id, s.pass FROM run r JOIN sighting s ON s.run_id = r.id AND s.pass = r.pass
WHERE r.status IN ('running', 'held') AND NOT EXISTS (
    SELECT FROM version v WHERE v.connection_id = r.connection_id AND v.person_id = s.person_id
        AND v.closed_by IS NULL AND (v.opened_by <= r.base OR v.opened_by = r.id));

DROP TABLE sighting;
