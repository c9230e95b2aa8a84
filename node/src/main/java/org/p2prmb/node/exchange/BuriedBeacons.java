package org.p2prmb.node.exchange;

import static java.util.stream.Collectors.groupingBy;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.Beacon;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.WindowAudit;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// Compares the beacons of the windows that we bid in with our own chain, once they are buried: a
/// seller that may name any block names one that its friends win with.
///
/// A block that our chain has, but that was not the first, or not of that time, is a lie. One that
/// it has not may have been the seller's in good faith, for chains lose blocks; so it is held
/// against a seller from the second block on, and only if it happens to it often.
///
/// Safe for many threads; one checks at a time.
final class BuriedBeacons {
    /// Blocks on top, the beacon's own included, after which chains hardly change.
    static final int DEPTH = 6;

    /// Results that wait, the newest.
    static final int PENDING_MAX = 256;

    /// Of all that wait: a large window's result has hundreds of kilobytes.
    static final int PENDING_BYTES_MAX = 16 << 20;

    /// How long they do.
    static final Duration PENDING = Duration.ofDays(1);

    /// One in so many blocks may be lost; a seller of whose more are is not that unlucky.
    static final int STRAYS_ONE_IN = 8;

    private static final int STRAYS_LEAST = 2;

    /// Blocks before the beacon that are looked at.
    private static final int BEFORE_MAX = 64;

    private static final Logger log = LoggerFactory.getLogger(BuriedBeacons.class);

    private final Chains chains;
    private final SequencedMap<Bytes, Pending> pending = new LinkedHashMap<>();

    // Of the checking thread, as the tips are that it has seen.
    private final Map<String, Long> tips = new HashMap<>();
    private final Misfortunes strays = new Misfortunes(STRAYS_LEAST, STRAYS_ONE_IN);

    /// Of each seller, which counts once however many windows it decided.
    private final SequencedMap<PeerId, Beacon> lastBeacons = new LinkedHashMap<>();

    private record Pending(PublishedResult published, Instant until) {}

    /// @param block of our chain, that shows that another was named than it has
    /// @param certain whether our chain has the named one, too
    /// @param fits whether ours would have been the beacon
    private record Found(Beacon block, boolean certain, boolean fits) {}

    BuriedBeacons(Chains chains) {
        this.chains = chains;
    }

    /// This result is to be looked at, unless it proves its seller's fault by itself.
    void add(PublishedResult published, Instant now) {
        if (WindowAudit.faults(published, WindowAudit.Holdings.NONE).isEmpty()) {
            keep(published, now);
        }
    }

    private synchronized void keep(PublishedResult published, Instant now) {
        var window = published.notice().statement().window();
        pending.putIfAbsent(window, new Pending(published, now.plus(PENDING)));
        while (pending.size() > PENDING_MAX || bytes() > PENDING_BYTES_MAX) {
            pending.pollFirstEntry();
        }
    }

    synchronized boolean isIdle(Instant now) {
        pending.values().removeIf(one -> !now.isBefore(one.until));
        return pending.isEmpty();
    }

    private long bytes() {
        return pending.values().stream().mapToLong(one -> one.published.encoded().size()).sum();
    }

    /// How many results wait.
    synchronized int pending() {
        return pending.size();
    }

    /// Looks at what is buried by now, on chains that have a new block. Waits for nodes.
    void check(Consumer<WindowFault> accused) {
        for (var chain : waiting().entrySet()) {
            try {
                var ledger = chains.ledger(chain.getKey());
                long tip = ledger.tip().height();
                if (tip != tips.getOrDefault(chain.getKey(), -1L)) {
                    for (var published : chain.getValue()) {
                        check(published, ledger, tip, accused);
                    }
                    tips.put(chain.getKey(), tip);
                }
            } catch (LedgerException e) {
                log.debug("no blocks of {}: {}", chain.getKey(), e.getMessage());
            }
        }
    }

    private synchronized Map<String, List<PublishedResult>> waiting() {
        return pending.values().stream()
                .map(Pending::published)
                .collect(groupingBy(published -> published.result().beacon().chain()));
    }

    private void check(
            PublishedResult published, Ledger ledger, long tip, Consumer<WindowFault> accused)
            throws LedgerException {
        long buried = tip - DEPTH + 1;
        boolean early = buried < published.result().beacon().height();
        var found = early ? early(published, ledger, buried) : at(published, ledger);
        if (early && found.isEmpty()) {
            return; // Not yet.
        }
        synchronized (this) {
            pending.remove(published.notice().statement().window());
        }
        judge(published, found).ifPresent(accused);
    }

    /// A buried block that fits is earlier than one that is not buried, or is not there at all.
    private static Optional<Found> early(PublishedResult published, Ledger ledger, long buried)
            throws LedgerException {
        var from = published.result().open().statement().beaconFrom();
        return read(ledger, published, buried)
                .filter(block -> !block.time().isBefore(from))
                .map(block -> new Found(block, false, false));
    }

    private static Optional<Found> at(PublishedResult published, Ledger ledger)
            throws LedgerException {
        var said = published.result().beacon();
        var from = published.result().open().statement().beaconFrom();
        var ours = read(ledger, published, said.height());
        if (ours.isEmpty()) {
            throw new LedgerException("the chain became shorter");
        }
        if (!ours.get().equals(said)) {
            var same = ours.get().hash().equals(said.hash());
            var before = read(ledger, published, said.height() - 1);
            boolean fits =
                    !ours.get().time().isBefore(from)
                            && before.filter(block -> block.time().isBefore(from)).isPresent();
            return Optional.of(new Found(ours.get(), same, fits));
        }
        var first = Optional.<Found>empty();
        for (long height = said.height() - 1; said.height() - height <= BEFORE_MAX; height--) {
            var before = read(ledger, published, height);
            if (before.isEmpty() || before.get().time().isBefore(from)) {
                break;
            }
            first = Optional.of(new Found(before.get(), true, false));
        }
        return first;
    }

    private static Optional<Beacon> read(Ledger ledger, PublishedResult published, long height)
            throws LedgerException {
        return height < 0
                ? Optional.empty()
                : Beacons.read(ledger, published.result().beacon().chain(), height);
    }

    private Optional<WindowFault> judge(PublishedResult published, Optional<Found> found) {
        var seller = published.notice().statement().seller();
        var said = published.result().beacon();
        boolean again = said.equals(lastBeacons.putLast(seller, said));
        if (lastBeacons.size() > Misfortunes.PEERS_MAX) {
            lastBeacons.pollFirstEntry();
        }
        // One that could not have decided this window, too, is another lie and no misfortune.
        boolean counted = again && found.map(Found::fits).orElse(true);
        boolean stray = found.isPresent() && !found.get().certain;
        boolean tooMany = !counted && strays.note(seller, stray);
        return found.filter(one -> one.certain || tooMany)
                .flatMap(one -> WindowAudit.beaconFault(published, one.block));
    }
}
