package org.p2prmb.store;

import java.time.Duration;

/// The bounds of a [Store].
///
/// @param contactsMax contacts kept; about 460 bytes of disk each
/// @param contactBytesMax what the contacts may take on disk, whatever their number
/// @param searchHitsMax remembered answers to searches, over all conditions
/// @param ownersMax owner records, and as many delegations
/// @param uidsMax claimed messages that have not expired, over all sources
/// @param uidsPerSourceMax the same for one source, so that one peer cannot fill the log
/// @param answerBytesMax stored answers together; new claims are refused above it
/// @param sequenceBlock numbers reserved with one write to the disk; as many are lost by a crash
/// @param queueRowsMax rows that wait to be written; callers wait, then fail, when it is full
/// @param batchRowsMax rows in one commit when so many wait; many make a load cheap, since
///     each page
///     of the file is written once for all of them, and an awaited change wait for up to seconds
/// @param batchDelay how long a queued row waits for company before it is committed
/// @param checkpointInterval after which committed rows survive even a power cut; claims and
///     sequences always do
/// @param purgeInterval between removals of what has expired
/// @param readers connections for queries, each with a thread of its own
/// @param cacheKiB memory for pages of the file
/// @param waitMax how long a caller waits for room in a queue or for the disk
/// @param openMax how long opening and checking may take before the file counts as damaged
public record StoreConfig(
        int contactsMax,
        long contactBytesMax,
        int searchHitsMax,
        int ownersMax,
        int uidsMax,
        int uidsPerSourceMax,
        long answerBytesMax,
        int sequenceBlock,
        int queueRowsMax,
        int batchRowsMax,
        Duration batchDelay,
        Duration checkpointInterval,
        Duration purgeInterval,
        int readers,
        int cacheKiB,
        Duration waitMax,
        Duration openMax) {
    public StoreConfig {
        requirePositive("contactsMax", contactsMax);
        requirePositive("contactBytesMax", contactBytesMax);
        requirePositive("searchHitsMax", searchHitsMax);
        requirePositive("ownersMax", ownersMax);
        requirePositive("uidsMax", uidsMax);
        requirePositive("uidsPerSourceMax", uidsPerSourceMax);
        requirePositive("answerBytesMax", answerBytesMax);
        requirePositive("sequenceBlock", sequenceBlock);
        requirePositive("batchRowsMax", batchRowsMax);
        requirePositive("queueRowsMax - batchRowsMax + 1", queueRowsMax - batchRowsMax + 1L);
        requirePositive("batchDelay", batchDelay.toMillis());
        requirePositive("checkpointInterval", checkpointInterval.toMillis());
        requirePositive("purgeInterval", purgeInterval.toMillis());
        requirePositive("readers", readers);
        requirePositive("cacheKiB", cacheKiB);
        requirePositive("waitMax", waitMax.toMillis());
        requirePositive("openMax", openMax.toMillis());
    }

    public static StoreConfig defaults() {
        return new StoreConfig(
                1_000_000,
                480L * 1024 * 1024,
                100_000,
                10_000,
                100_000,
                10_000,
                256L * 1024 * 1024,
                100,
                40_000,
                20_000,
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                2,
                65_536,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }
}
