-- The routing table of the DHT, to be asked first at the next start.
CREATE TABLE kad_peer (
    position BIGINT PRIMARY KEY,
    peer VARBINARY(64) NOT NULL,
    addresses VARBINARY(1024) ARRAY[16] NOT NULL
);
