package org.p2prmb.store.journal;

import org.p2prmb.libp2p.core.Bytes;

/// One entry of the journal.
///
/// @param kind what the payload is, 0 to 255; the journal keeps kinds that its user does not know
/// @param key what the record is about, such as a swap's id; readable whatever the kind
/// @param payload opaque to the journal
public record JournalRecord(int kind, Bytes key, Bytes payload) {
    public static final int KIND_MAX = 255;
    public static final int KEY_BYTES_MAX = 255;
    public static final int PAYLOAD_BYTES_MAX = 1 << 20;

    public JournalRecord {
        if (kind < 0 || kind > KIND_MAX) {
            throw new IllegalArgumentException(
                    "a kind is 0 to %d, not %d".formatted(KIND_MAX, kind));
        }
        requireAtMost("a key", KEY_BYTES_MAX, key);
        requireAtMost("a payload", PAYLOAD_BYTES_MAX, payload);
    }

    private static void requireAtMost(String what, int max, Bytes bytes) {
        if (bytes.size() > max) {
            throw new IllegalArgumentException(
                    "%s has at most %d bytes, not %d".formatted(what, max, bytes.size()));
        }
    }
}
