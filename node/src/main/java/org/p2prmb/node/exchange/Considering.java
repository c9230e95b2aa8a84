package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Map;

/// Whose windows are looked at now, which waits for their sellers: a few at once, and fewer of each
/// seller, so that sellers who do not answer take no place from other work. What is left out is
/// announced again while somebody asks for it. Safe for many threads.
final class Considering {
    static final int ALL_MAX = 64;
    static final int OF_SELLER_MAX = 2;

    private final Map<PeerId, Integer> bySeller = new HashMap<>();
    private int all;

    /// Whether one more may be looked at; [#end] gives its place back.
    synchronized boolean begin(PeerId seller) {
        int ofSeller = bySeller.getOrDefault(seller, 0);
        if (all == ALL_MAX || ofSeller == OF_SELLER_MAX) {
            return false;
        }
        bySeller.put(seller, ofSeller + 1);
        all++;
        return true;
    }

    synchronized void end(PeerId seller) {
        int left = bySeller.getOrDefault(seller, 1) - 1;
        if (left == 0) {
            bySeller.remove(seller);
        } else {
            bySeller.put(seller, left);
        }
        all--;
    }
}
