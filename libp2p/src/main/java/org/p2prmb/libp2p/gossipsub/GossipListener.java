package org.p2prmb.libp2p.gossipsub;

import java.util.function.Consumer;

/// Hears what a [GossipSub] cannot decide itself.
public interface GossipListener {
    /// A failure of our own ended the router; the [GossipSub] is closed.
    default void died(Throwable cause) {}

    /// Hears of the router's end only.
    static GossipListener ofDeath(Consumer<Throwable> ended) {
        return new GossipListener() {
            @Override
            public void died(Throwable cause) {
                ended.accept(cause);
            }
        };
    }
}
