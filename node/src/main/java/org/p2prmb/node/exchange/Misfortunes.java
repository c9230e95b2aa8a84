package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Tells who has too much bad luck: what happens to each peer by chance now and then, and to those
/// who make it happen often.
///
/// Safe for many threads.
final class Misfortunes {
    /// Peers that are remembered, the last.
    static final int PEERS_MAX = 256;

    /// Occasions of a peer after which older ones count half, or good years would pay for many.
    private static final int OCCASIONS_MAX = 64;

    private final int least;
    private final int oneIn;
    private final SequencedMap<PeerId, Tally> tallies = new LinkedHashMap<>();

    private record Tally(int occasions, int bad, boolean told) {
        static final Tally NONE = new Tally(0, 0, false);

        Tally with(boolean isBad) {
            int fading = occasions < OCCASIONS_MAX ? 1 : 2;
            return new Tally(occasions / fading + 1, bad / fading + (isBad ? 1 : 0), told);
        }
    }

    /// @param least misfortunes below which nobody is blamed
    /// @param oneIn one of so many occasions may be one
    Misfortunes(int least, int oneIn) {
        this.least = least;
        this.oneIn = oneIn;
    }

    /// One more occasion; true when it was one misfortune too many, once for each peer.
    synchronized boolean note(PeerId peer, boolean bad) {
        var tally = tallies.getOrDefault(peer, Tally.NONE).with(bad);
        boolean tooMany = !tally.told && tally.bad >= least && tally.bad * oneIn > tally.occasions;
        tallies.putLast(peer, tooMany ? new Tally(tally.occasions, tally.bad, true) : tally);
        if (tallies.size() > PEERS_MAX) {
            tallies.pollFirstEntry();
        }
        return tooMany;
    }
}
