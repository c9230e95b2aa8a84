package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.security.SecureRandom;

/// The 16 random bytes that name a request; its answer carries the same.
public record Uid(Bytes value) {
    public static final int BYTES = 16;

    /// In an error: "the request that you sent on this stream", of which we read no uid.
    public static final Uid NONE = new Uid(Bytes.wrap(new byte[BYTES]));

    /// Throws `IllegalArgumentException` when `value` has not 16 bytes.
    public Uid {
        Limits.require(value.size() == BYTES, "a uid has 16 bytes");
    }

    public static Uid random(SecureRandom random) {
        var value = new byte[BYTES];
        random.nextBytes(value);
        return new Uid(Bytes.wrap(value));
    }

    @Override
    public String toString() {
        return value.toHex();
    }
}
