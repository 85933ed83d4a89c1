-- compatible-with: 1
-- What the hub keeps beside Orleans' tables: the spending of the days, and the keys that speak for regions.

-- A day of spending. The version grows by one with each write: of two who believe to keep the day one is refused.
CREATE TABLE spend_day (
    day     date   PRIMARY KEY,
    version bigint NOT NULL
);

-- What one test reserved, or spent once it is settled, in wei.
CREATE TABLE spend_reservation (
    day          date           NOT NULL REFERENCES spend_day ON DELETE CASCADE,
    test_id      text           COLLATE "C" NOT NULL,
    orchestrator text           COLLATE "C" NOT NULL,
    region       text           COLLATE "C" NOT NULL,
    wei          numeric(78, 0) NOT NULL CHECK (wei >= 0),
    settled      boolean        NOT NULL,
    PRIMARY KEY (day, test_id)
);

-- A key that speaks for a region; the public half alone. A key that was revoked stays, so that it can be seen.
CREATE TABLE region_key (
    region             text        COLLATE "C" NOT NULL,
    key_id             text        COLLATE "C" NOT NULL,
    public_key         bytea       NOT NULL,
    certificate_sha256 text,
    issued_at          timestamptz NOT NULL DEFAULT now(),
    revoked_at         timestamptz,
    PRIMARY KEY (region, key_id)
);
