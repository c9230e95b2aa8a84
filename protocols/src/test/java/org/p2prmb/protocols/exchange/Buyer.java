package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;

/// A buyer of the tests, who says what it is told to.
record Buyer(KeyPair keys, Bid bid, Standing standing) {
    static final Standing KNOWN = new Standing(5, false, 0);
    static final Standing NEWCOMER = new Standing(4, true, 0);
    static final Price FLOOR = Price.of(1_000);

    static Buyer of(int number) {
        return of(number, FLOOR, 1, KNOWN);
    }

    static Buyer of(int number, Price price, int lots, Standing standing) {
        var keys = Agents.keys(number);
        return new Buyer(keys, new Bid(keys.peerId(), price, lots, nonce(number)), standing);
    }

    static Bytes nonce(int number) {
        var nonce = new byte[32];
        nonce[0] = (byte) number;
        nonce[1] = (byte) (number >>> 8);
        nonce[31] = 1;
        return Bytes.wrap(nonce);
    }

    PeerId peer() {
        return keys.peerId();
    }

    Signed<Commit> commit(Bytes window) {
        return Form.COMMIT.seal(new Commit(peer(), window, bid.commit(window), 0), keys);
    }

    Signed<Reveal> reveal(Bytes window) {
        return Form.REVEAL.seal(new Reveal(window, bid), keys);
    }

    Leaf leaf(Bytes window) {
        return new Leaf(bid.commit(window), peer(), standing);
    }

    Entrant entrant(Bytes window) {
        return new Entrant(bid, bid.commit(window), standing);
    }
}
