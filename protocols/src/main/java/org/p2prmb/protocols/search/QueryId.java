package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.random.RandomGenerator;

/// The 16 random bytes that name a query, so that nobody handles it twice.
public record QueryId(Bytes value) {
    public static final int BYTES = 16;

    /// Throws `IllegalArgumentException` when `value` has not 16 bytes.
    public QueryId {
        Limits.require(value.size() == BYTES, "a query id has 16 bytes");
    }

    public static QueryId random(RandomGenerator random) {
        var value = new byte[BYTES];
        random.nextBytes(value);
        return new QueryId(Bytes.wrap(value));
    }
}
