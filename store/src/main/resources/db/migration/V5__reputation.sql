-- What agents tell of each other. The arrival orders the rows as they came in; "fact" names what the
-- evidence proves, and is empty for an opinion.
CREATE TABLE IF NOT EXISTS report (
    subject VARBINARY(64) NOT NULL,
    reporter VARBINARY(64) NOT NULL,
    sequence BIGINT NOT NULL,
    arrival BIGINT NOT NULL,
    received BIGINT NOT NULL,
    fact VARBINARY(32) NOT NULL,
    envelope VARBINARY(2048) NOT NULL,
    PRIMARY KEY (subject, reporter, sequence)
);
CREATE INDEX IF NOT EXISTS report_arrival ON report (arrival);

-- The stamps of reporters that were found right; each cost us a tenth of a second.
CREATE TABLE IF NOT EXISTS reporter_stamp (
    reporter VARBINARY(64) PRIMARY KEY,
    stamp BIGINT NOT NULL,
    arrival BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS reporter_stamp_arrival ON reporter_stamp (arrival);
