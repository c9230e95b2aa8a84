package org.p2prmb.libp2p.gossipsub;

import java.util.Arrays;
import java.util.Optional;

/// What a peer speaks on the stream that we opened to it; each version can do what the ones before
/// it can.
public enum GossipVersion {
    /// Knows subscriptions and messages, no meshes: it gets every message of its topics.
    FLOODSUB("/floodsub/1.0.0"),
    /// Meshes and lazy gossip.
    V1_0("/meshsub/1.0.0"),
    /// Backoff and peer exchange in PRUNE.
    V1_1("/meshsub/1.1.0"),
    /// IDONTWANT.
    V1_2("/meshsub/1.2.0");

    private final String protocol;

    GossipVersion(String protocol) {
        this.protocol = protocol;
    }

    String protocol() {
        return protocol;
    }

    /// The version with this protocol id.
    static Optional<GossipVersion> of(String protocol) {
        return Arrays.stream(values())
                .filter(version -> version.protocol.equals(protocol))
                .findFirst();
    }

    boolean atLeast(GossipVersion other) {
        return compareTo(other) >= 0;
    }
}
