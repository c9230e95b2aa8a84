-- The contact cache: what a contact says of itself (wide, written once), what we think of it
-- (narrow, written often) and whom to name for a tag. Version 4.1 moves the rows of "contact" and
-- "contact_tag" here. A start that is killed runs this again.

CREATE TABLE IF NOT EXISTS contact_record (
    id BIGINT PRIMARY KEY,
    peer VARBINARY(64) NOT NULL,
    -- The last five bytes of peer, which are random in a key: a short index.
    peer_tail BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    -- Signed record, addresses and tags: see ContactBody.
    body VARBINARY(65536) NOT NULL
);
CREATE INDEX IF NOT EXISTS contact_record_peer ON contact_record (peer_tail);

CREATE TABLE IF NOT EXISTS contact_rank (
    id BIGINT PRIMARY KEY,
    hidden BOOLEAN NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    proof BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS contact_rank_best ON contact_rank (hidden, score DESC, proof DESC);
CREATE INDEX IF NOT EXISTS contact_rank_expires ON contact_rank (expires);

-- One row for each tag of each contact that may be handed out, so that "the best with this tag" is
-- one short, sorted index scan.
CREATE TABLE IF NOT EXISTS tag_rank (
    -- 28 bits of a hash of the tag; readers compare the tag itself.
    tag INTEGER NOT NULL,
    -- In millionths.
    score INTEGER NOT NULL,
    proof BIGINT NOT NULL,
    contact_id BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS tag_rank_best ON tag_rank (tag, score DESC, proof DESC, contact_id);

CREATE TABLE IF NOT EXISTS contact_name (
    contact_id BIGINT PRIMARY KEY,
    name VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS contact_name_name ON contact_name (name);

-- What the contacts take on disk, as bounded by the configuration; kept by the writer.
MERGE INTO fact VALUES ('contact_bytes', 0);
