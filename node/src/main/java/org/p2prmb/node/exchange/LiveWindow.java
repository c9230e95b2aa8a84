package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// A window of ours that is not over, as far as others ask about it.
///
/// Safe for many threads.
final class LiveWindow {
    private final Signed<WindowOpen> open;
    private final Pair pair;
    private final Set<PeerId> bidders = ConcurrentHashMap.newKeySet(); // As many as commits.
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean closed;

    LiveWindow(Signed<WindowOpen> open, Pair pair) {
        this.open = open;
        this.pair = pair;
    }

    Signed<WindowOpen> open() {
        return open;
    }

    Pair pair() {
        return pair;
    }

    boolean isOf(Bytes offer) {
        return open.statement().offer().equals(offer);
    }

    /// Takes a bidder whose commit is confirmed.
    void add(PeerId bidder) {
        bidders.add(bidder);
    }

    boolean hasBidder(PeerId peer) {
        return bidders.contains(peer);
    }

    List<PeerId> bidders() {
        return List.copyOf(bidders);
    }

    /// Its root is signed.
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /// Somebody wants it who may not know that it is open.
    void askFor() {
        asked.set(true);
    }

    /// Whether somebody did since this was asked last.
    boolean takeAsked() {
        return asked.getAndSet(false);
    }
}
