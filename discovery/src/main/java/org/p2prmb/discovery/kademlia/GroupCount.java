package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;

/// Counts the peers of each IP group in one answer, by the addresses that are claimed for them.
@Pure
final class GroupCount {
    private static final int GROUPS_MAX = KademliaConfig.K * KadPeer.ADDRESSES_MAX;

    private final boolean exemptLoopback;
    private long[] groups = new long[KademliaConfig.K];
    private int[] counts = new int[KademliaConfig.K];
    private int size;

    GroupCount(boolean exemptLoopback) {
        this.exemptLoopback = exemptLoopback;
    }
}
