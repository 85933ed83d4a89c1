-- compatible-with: 1
-- Outcomes, their evidence, and the hourly sums that outlive both.

-- One revision of one test's outcome. What stands beside the record repeats it for searching; the record is what counts, byte for byte the
-- one that the journal would hold. The day is that of the test's time in UTC; test_tenths are the tenths of a microsecond that a timestamptz
-- cannot hold.
CREATE TABLE test_result (
    test_day     date        NOT NULL,
    test_id      text        COLLATE "C" NOT NULL,
    revision     integer     NOT NULL CHECK (revision >= 0),
    test_time    timestamptz NOT NULL,
    test_tenths  smallint    NOT NULL,
    orchestrator text        COLLATE "C" NOT NULL,
    region       text        COLLATE "C" NOT NULL,
    record       json        NOT NULL,
    PRIMARY KEY (test_day, test_id, revision)
) PARTITION BY RANGE (test_day);

CREATE INDEX test_result_by_time ON test_result (test_time);
CREATE INDEX test_result_by_orchestrator ON test_result (orchestrator, test_time);

-- What was seen in a test. In tables of its own, because it is ten times as long and may go sooner.
CREATE TABLE test_evidence (
    test_day date    NOT NULL,
    test_id  text    COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    record   json    NOT NULL,
    PRIMARY KEY (test_day, test_id, revision)
) PARTITION BY RANGE (test_day);

-- The additive numbers of one orchestrator, region, hour and method, kept for ever.
CREATE TABLE hourly_sum (
    hour              timestamptz NOT NULL,
    orchestrator      text    COLLATE "C" NOT NULL,
    region            text    COLLATE "C" NOT NULL,
    method            text    COLLATE "C" NOT NULL,
    received          bigint  NOT NULL,
    expected          bigint  NOT NULL,
    duration_micros   bigint  NOT NULL,
    round_trip_micros bigint  NOT NULL,
    tests             integer NOT NULL,
    planned           integer NOT NULL,
    PRIMARY KEY (hour, orchestrator, region, method)
);

-- A day whose hourly sums were written. It is stale when an outcome came later, and final once the outcomes are gone.
CREATE TABLE summed_day (
    day        date        PRIMARY KEY,
    summed_at  timestamptz NOT NULL,
    is_stale   boolean     NOT NULL DEFAULT false,
    dropped_at timestamptz
);

-- What a database is for, so that nobody mixes what must stay apart: the kind of network whose results it holds.
CREATE TABLE store_note (
    name  text PRIMARY KEY,
    value text NOT NULL
);

-- Makes the partitions of a day. They are attached, not created in place: attaching does not wait for whoever reads other days.
CREATE FUNCTION create_result_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    family text;
    child  text;
BEGIN
    PERFORM pg_advisory_xact_lock(7236120261120);
    FOREACH family IN ARRAY ARRAY['test_result', 'test_evidence'] LOOP
        child := family || '_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(quote_ident(child)) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, family);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', family, child, day, day + 1);
    END LOOP;
END
$$;

-- For people: outcomes with the numbers that questions are about. Nothing in the product reads it. A NUL, which another tester's text may
-- hold and a text of this server may not, is a space here.
CREATE VIEW test_outcome AS
SELECT r.test_time, r.test_id, r.revision, r.orchestrator, r.region,
       shown.record->>'code'                                              AS code,
       shown.record->'summary'->>'method'                                 AS method,
       coalesce((shown.record->'summary'->>'received')::bigint, 0)        AS received,
       coalesce((shown.record->'summary'->>'expected')::bigint, 0)        AS expected,
       coalesce((shown.record->'summary'->>'durationMicros')::bigint, 0)  AS duration_micros,
       coalesce((shown.record->'summary'->>'roundTripMicros')::bigint, 0) AS round_trip_micros,
       NOT EXISTS (
           SELECT FROM test_result AS later
           WHERE later.test_day = r.test_day AND later.test_id = r.test_id AND later.revision > r.revision) AS is_last
FROM test_result AS r
CROSS JOIN LATERAL (SELECT replace(r.record::text, '\u0000', '\u0020')::json AS record) AS shown;
