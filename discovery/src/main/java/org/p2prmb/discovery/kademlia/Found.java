package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;
import java.util.Optional;

/// What a query came to.
///
/// @param closest the peers nearest to the key that answered, nearest first, at most k
/// @param peer the peer that was looked for; it answered, or else its addresses are hearsay
/// @param value the best value that was found
/// @param providers those that were found, in the order in which they were named
/// @param stored how many peers took the value, or were told of us as a provider
/// @param effort what it cost
public record Found(
        List<KadPeer> closest,
        Optional<KadPeer> peer,
        Optional<Bytes> value,
        List<KadPeer> providers,
        int stored,
        Effort effort) {
    /// @param depth the longest chain of peers of which each was named by the one before
    /// @param messages requests sent
    public record Effort(int depth, int messages) {
        public static final Effort NONE = new Effort(0, 0);
    }

    public static final Found NOTHING =
            new Found(List.of(), Optional.empty(), Optional.empty(), List.of(), 0, Effort.NONE);

    public Found {
        closest = List.copyOf(closest);
        providers = List.copyOf(providers);
    }
}
