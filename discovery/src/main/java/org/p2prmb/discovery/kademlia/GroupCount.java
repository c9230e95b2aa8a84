package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;

import java.util.Arrays;

/// Counts the peers of each IP group in one answer, by the addresses that are claimed for them.
@Pure
final class GroupCount {
    private final boolean exemptLoopback;
    private long[] groups = new long[KademliaConfig.K];
    private int[] counts = new int[KademliaConfig.K];
    private int size;

    GroupCount(boolean exemptLoopback) {
        this.exemptLoopback = exemptLoopback;
    }

    /// Counts the peer in, unless one of its groups has as many as a table may hold.
    boolean admits(KadPeer peer) {
        for (var group : peer.groups()) {
            int place = place(group); // It may replace the arrays, so it comes first.
            if (IpGroup.isLimited(group, exemptLoopback)
                    && counts[place] >= RoutingTable.GROUP_MAX) {
                return false;
            }
        }
        for (var group : peer.groups()) {
            int place = place(group);
            counts[place]++;
        }
        return true;
    }

    /// There are at most as many as k peers have addresses.
    private int place(long group) {
        for (int index = 0; index < size; index++) {
            if (groups[index] == group) {
                return index;
            }
        }
        if (size == groups.length) {
            groups = Arrays.copyOf(groups, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        groups[size] = group;
        return size++;
    }
}
