package org.p2prmb.node.exchange;

import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.Beacon;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The blocks of the chains that open windows wait for, in the order of their heights.
///
/// Safe for many threads; one polls at a time.
final class Beacons {
    /// More blocks at once a chain that catches up gives in several polls.
    private static final int BLOCKS_MAX = 64;

    /// Blocks that are told of again when the chain has lost the newest.
    private static final int LOST_MAX = 8;

    private static final Logger log = LoggerFactory.getLogger(Beacons.class);

    private final Chains chains;
    private final Map<String, Watched> watched = new LinkedHashMap<>();

    /// @param last the newest block that was told of
    private record Watched(Instant until, Optional<Beacon> last) {}

    Beacons(Chains chains) {
        this.chains = chains;
    }

    /// Of two chains that which has its blocks sooner, so that nobody waits for the other's.
    String sooner(String one, String other) throws LedgerException {
        var first = chains.ledger(one);
        var second = chains.ledger(other);
        return first.pace(1).confirm().compareTo(second.pace(1).confirm()) <= 0
                ? first.chain()
                : second.chain();
    }

    /// Blocks of this chain are needed until then.
    synchronized void need(String chain, Instant until) {
        var known = watched.get(chain);
        if (known == null || known.until.isBefore(until)) {
            watched.put(chain, new Watched(until, known == null ? Optional.empty() : known.last));
        }
    }

    /// Whether any are needed.
    synchronized boolean isIdle(Instant now) {
        watched.values().removeIf(one -> one.until.isBefore(now));
        return watched.isEmpty();
    }

    /// Tells of each new block, and of the newest again where there is none: who waits for a block
    /// looks at the clock, too. Waits for nodes.
    void poll(Consumer<Beacon> heard) {
        Map<String, Watched> now;
        synchronized (this) {
            now = Map.copyOf(watched);
        }
        now.forEach((chain, state) -> {
            try {
                var last = poll(chain, state.last, heard);
                synchronized (this) {
                    watched.computeIfPresent(chain, (_, kept) -> new Watched(kept.until, last));
                }
            } catch (LedgerException e) {
                log.debug("no blocks of {}: {}", chain, e.getMessage());
            }
        });
    }

    /// The block at this height; none above the tip.
    static Optional<Beacon> read(Ledger ledger, String chain, long height) throws LedgerException {
        return ledger.block(height)
                .map(block ->
                        new Beacon(
                                chain,
                                height,
                                block.hash(),
                                block.time().truncatedTo(ChronoUnit.MILLIS)));
    }

    private Optional<Beacon> poll(String chain, Optional<Beacon> last, Consumer<Beacon> heard)
            throws LedgerException {
        var ledger = chains.ledger(chain);
        long tip = ledger.tip().height();
        boolean lost = last.isPresent() && !read(ledger, chain, last.get().height()).equals(last);
        long next = last.map(block -> block.height() + 1).orElse(tip);
        long from = lost ? Math.max(0, next - LOST_MAX) : next;
        var newest = lost ? Optional.<Beacon>empty() : last;
        for (long height = from; height <= tip && height < from + BLOCKS_MAX; height++) {
            var block = read(ledger, chain, height);
            if (block.isEmpty()) {
                break; // The chain has lost it since.
            }
            heard.accept(block.get());
            newest = block;
        }
        if (newest.equals(last)) {
            newest.ifPresent(heard);
        }
        return newest;
    }
}
