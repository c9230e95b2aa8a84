package org.p2prmb.libp2p.yamux;

/// The bytes of a stream's write that have no frame yet; its caller waits, and keeps the array as
/// it is. Guarded by the session's lock.
final class PendingWrite {
    private static final byte[] NOTHING = new byte[0];

    private byte[] data = NOTHING;
    private int from;
    private int to;

    void begin(byte[] bytes, int offset, int length) {
        data = bytes;
        from = offset;
        to = offset + length;
    }

    boolean waits() {
        return from < to;
    }

    /// Copies the next `length` bytes.
    void copy(byte[] into, int offset, int length) {
        System.arraycopy(data, from, into, offset, length);
        from += length;
    }

    void end() {
        data = NOTHING;
        from = to;
    }
}
