-- compatible-with: 1
-- What a host of several processes must not forget beside the results: small values under the name of their log, a kind and a key. The value
-- is json and not jsonb, so that its text stays what was written.
CREATE TABLE state_entry (
    log   text COLLATE "C" NOT NULL,
    kind  text COLLATE "C" NOT NULL,
    key   text COLLATE "C" NOT NULL,
    value json NOT NULL,
    PRIMARY KEY (log, kind, key)
);
