package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;

/// How often others may speak in our topics: each of them, and together all of whom we know no
/// settled swap. Identities cost little, so many of them are one; a history costs a swap each.
///
/// Not thread-safe.
@Pure
final class NewsLimits {
    static final int AUTHOR_PER_SECOND = 10;
    static final int AUTHOR_BURST = 200;
    static final int NEWCOMERS_PER_SECOND = 200;
    static final int NEWCOMERS_BURST = 2_000;

    private final TokenBuckets<PeerId> authors =
            new TokenBuckets<>(AUTHOR_PER_SECOND, AUTHOR_BURST);
    private final TokenBuckets<Boolean> newcomers =
            new TokenBuckets<>(NEWCOMERS_PER_SECOND, NEWCOMERS_BURST);

    boolean mayPass(PeerId author, Instant now) {
        return authors.take(author, now);
    }

    /// Whether one that never settled a swap, as far as we know, may pass as well.
    boolean mayNewcomerPass(Instant now) {
        return newcomers.take(true, now);
    }
}
