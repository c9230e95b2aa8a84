-- What reports name by its hash because it is larger than a report: results of sealed windows.
CREATE TABLE IF NOT EXISTS exhibit (
    hash VARBINARY(32) PRIMARY KEY,
    arrival BIGINT NOT NULL,
    content VARBINARY(196608) NOT NULL
);
CREATE INDEX IF NOT EXISTS exhibit_arrival ON exhibit (arrival);
