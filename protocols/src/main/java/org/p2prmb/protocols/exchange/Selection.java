package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.statements.Canonical;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who gets how many lots: a function of a set of bids, the policy and a seed.
///
/// Bids are ordered by their score. Those of equal score get one lot each in turn, in the order of
/// a hash with the seed, until they have what they want or nothing is left, and only then the next
/// score's turn comes: a tie is shared, not won. Newcomers together get no more than the policy's
/// share.
///
/// The arrival of a bid is no input, so being near is no advantage.
@Pure
final class Selection {
    private static final String SEED_DOMAIN = "rmb/window-seed/1";

    private Selection() {}

    /// What orders equals: SHA-256 over the [Canonical] list `"rmb/window-seed/1"`, window,
    /// seller's nonce, root, beacon's chain, its hash.
    ///
    /// Nonce and root are fixed before anybody knows the beacon, and no bid is in it: there is
    /// nothing to choose for whoever sees the bids, or holds many of them.
    static Bytes seed(Bytes window, Bytes nonce, Bytes root, Beacon beacon) {
        return Canonical.domain(SEED_DOMAIN)
                .bytes(window)
                .bytes(nonce)
                .bytes(root)
                .text(beacon.chain())
                .bytes(beacon.hash())
                .sha256();
    }

    /// All entrants that the policy admits, best first, with their lots.
    ///
    /// @param lots for sale
    static List<Allotment> select(Set<Entrant> entrants, Policy policy, int lots, Bytes seed) {
        var ranked =
                entrants.stream()
                        .filter(entrant -> policy.admits(entrant.bid(), entrant.standing()))
                        .map(entrant -> new Ranked(entrant, policy, lots, seed))
                        .sorted()
                        .toList();
        var sale = new Sale(lots, policy.newcomerLots(lots));
        for (int from = 0; from < ranked.size(); ) {
            int to = from;
            while (to < ranked.size() && ranked.get(to).score == ranked.get(from).score) {
                to++;
            }
            sale.share(ranked.subList(from, to));
            from = to;
        }
        return ranked.stream()
                .map(one -> new Allotment(one.bid.bidder(), sale.lots(one.bid)))
                .toList();
    }

    private record Ranked(Bid bid, boolean newcomer, long score, Bytes tieKey)
            implements Comparable<Ranked> {
        private static final Comparator<Ranked> ORDER =
                Comparator.comparingLong(Ranked::score).reversed().thenComparing(Ranked::tieKey);

        Ranked(Entrant entrant, Policy policy, int lots, Bytes seed) {
            this(
                    entrant.bid(),
                    entrant.standing().newcomer(),
                    policy.score(entrant.bid(), entrant.standing(), lots),
                    entrant.tieKey(seed));
        }

        @Override
        public int compareTo(Ranked other) {
            return ORDER.compare(this, other);
        }
    }

    /// What is left, and who got what.
    private static final class Sale {
        private final Map<Bid, Integer> sold = new HashMap<>();
        private int left;
        private int leftForNewcomers;

        Sale(int lots, int newcomerLots) {
            left = lots;
            leftForNewcomers = newcomerLots;
        }

        /// One lot each, again and again. Ends, since each round but the last sells one.
        void share(List<Ranked> equals) {
            var hungry = new ArrayList<>(equals);
            while (left > 0 && !hungry.isEmpty()) {
                hungry.removeIf(one -> !sell(one));
            }
        }

        private boolean sell(Ranked to) {
            if (left == 0
                    || lots(to.bid) == to.bid.lots()
                    || to.newcomer && leftForNewcomers == 0) {
                return false;
            }
            left--;
            if (to.newcomer) {
                leftForNewcomers--;
            }
            sold.merge(to.bid, 1, Integer::sum);
            return true;
        }

        int lots(Bid bid) {
            return sold.getOrDefault(bid, 0);
        }
    }
}
