-- Times are Unix milliseconds. Keys are bytes: peer ids as multihashes, public keys as protobufs.

CREATE TABLE contact (
    id BIGINT PRIMARY KEY,
    peer VARBINARY(64) NOT NULL,
    record VARBINARY(16384) NOT NULL,
    sequence BIGINT NOT NULL,
    addresses VARBINARY(1024) ARRAY[16] NOT NULL,
    tags VARCHAR(64) ARRAY[32] NOT NULL,
    reputation DOUBLE PRECISION NOT NULL,
    proof BIGINT NOT NULL,
    hidden BOOLEAN NOT NULL,
    expires BIGINT NOT NULL,
    name VARCHAR(64)
);
CREATE UNIQUE INDEX contact_peer ON contact (peer);
CREATE UNIQUE INDEX contact_name ON contact (name);
CREATE INDEX contact_rank ON contact (hidden, reputation DESC, proof DESC);
CREATE INDEX contact_expires ON contact (expires);

-- Repeats what ranks a contact, so that "the best with this tag" is one short, sorted index scan.
CREATE TABLE contact_tag (
    contact_id BIGINT NOT NULL,
    tag VARCHAR(64) NOT NULL,
    hidden BOOLEAN NOT NULL,
    reputation DOUBLE PRECISION NOT NULL,
    proof BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_tag_contact ON contact_tag (contact_id, tag);
CREATE INDEX contact_tag_rank
    ON contact_tag (tag, hidden, reputation DESC, proof DESC, expires, contact_id);

-- Which contacts answered a search with this condition.
CREATE TABLE search_hit (
    condition_key VARBINARY(64) NOT NULL,
    contact_id BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_hit_condition ON search_hit (condition_key, contact_id);
CREATE INDEX search_hit_contact ON search_hit (contact_id);
CREATE INDEX search_hit_expires ON search_hit (expires);

CREATE TABLE owner_record (
    owner VARBINARY(4096) PRIMARY KEY,
    sequence BIGINT NOT NULL,
    statement VARBINARY(16384) NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE delegation (
    owner VARBINARY(4096) NOT NULL,
    device VARBINARY(4096) NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (owner, device)
);

-- The run tells claims of this process from those that an earlier one left unanswered.
CREATE TABLE uid_claim (
    source VARBINARY(64) NOT NULL,
    uid VARBINARY(32) NOT NULL,
    expires BIGINT NOT NULL,
    run BIGINT NOT NULL,
    answer VARBINARY(1048576)
);
CREATE UNIQUE INDEX uid_claim_uid ON uid_claim (source, uid);
CREATE INDEX uid_claim_expires ON uid_claim (expires);

CREATE TABLE sequence_number (
    name VARCHAR(64) PRIMARY KEY,
    reserved_below BIGINT NOT NULL
);

-- Facts about this file: "run" counts openings, "since" is when the uid log began.
CREATE TABLE fact (
    name VARCHAR(64) PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO fact VALUES ('run', 0), ('since', 0);
