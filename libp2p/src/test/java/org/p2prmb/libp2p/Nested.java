package org.p2prmb.libp2p;

import org.p2prmb.libp2p.core.Bytes;

/// A field that nobody knows, within itself many times over: what a reader without a limit to its
/// depth falls over.
public final class Nested {
    /// Beyond the 100 of every protobuf library, within the size of the smallest messages.
    private static final int DEPTH = 250;

    private static final byte[] START = {(byte) 0x9b, 0x06};
    private static final byte[] END = {(byte) 0x9c, 0x06};

    private Nested() {}

    /// Field 99 as a group in a group in a group, all of them closed.
    public static Bytes groups() {
        var groups = new byte[2 * 2 * DEPTH];
        for (int at = 0; at < groups.length; at += 2) {
            var tag = at < groups.length / 2 ? START : END;
            System.arraycopy(tag, 0, groups, at, tag.length);
        }
        return Bytes.wrap(groups);
    }
}
