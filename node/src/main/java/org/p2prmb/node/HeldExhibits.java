package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.WindowEvidence;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.reputation.Exhibits;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReportShelf;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The exhibits of this agent: on disk those that have proven something, in memory the last that
/// others showed us. What it lacks it asks of others.
///
/// Safe for many threads.
final class HeldExhibits implements Exhibits {
    /// Shown to us and not proven of use, or not yet: 3 MiB.
    private static final int SHOWN_MAX = 16;

    private static final int FETCHES_MAX = 4;

    /// A reporter makes us fetch so often at once, and once in an interval in the long run.
    private static final int BURST = 4;

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    /// Asks others for an exhibit; the bytes have the hash.
    @FunctionalInterface
    interface Source {
        Optional<Bytes> fetch(Bytes hash, PeerId reporter);
    }

    private final ReportShelf shelf;
    private final Source source;
    private final InstantSource clock;
    private final Semaphore fetches = new Semaphore(FETCHES_MAX);
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(INTERVAL, BURST); // Guarded by this.
    private final Map<Bytes, Bytes> shown = new LinkedHashMap<>(); // Guarded by this.

    HeldExhibits(ReportShelf shelf, Source source, InstantSource clock) {
        this.shelf = shelf;
        this.source = source;
        this.clock = clock;
    }

    @Override
    public Optional<Bytes> find(Bytes hash, PeerId reporter) {
        var held = held(hash);
        if (held.isPresent() || !mayFetch(reporter) || !fetches.tryAcquire()) {
            return held;
        }
        try {
            var found = source.fetch(hash, reporter);
            found.ifPresent(exhibit -> show(hash, exhibit));
            return found;
        } finally {
            fetches.release();
        }
    }

    private synchronized boolean mayFetch(PeerId reporter) {
        return buckets.take(reporter, clock.instant());
    }

    private synchronized void show(Bytes hash, Bytes exhibit) {
        shown.put(hash, exhibit);
        if (shown.size() > SHOWN_MAX) {
            shown.remove(shown.keySet().iterator().next());
        }
    }

    /// What we hold, without asking anybody.
    Optional<Bytes> held(Bytes hash) {
        synchronized (this) {
            var exhibit = shown.get(hash);
            if (exhibit != null) {
                return Optional.of(exhibit);
            }
        }
        return shelf.exhibit(hash);
    }

    /// Keeps on disk what a verified report needs, so that others can verify it after us.
    void keepFor(Filed filed) {
        if (filed.fault() && filed.report().kind() == ReportKind.WINDOW_FAULT) {
            WindowEvidence.resultHash(filed.report().evidence(), Signatures.REAL)
                    .filter(hash -> shelf.exhibit(hash).isEmpty())
                    .ifPresent(hash ->
                            held(hash).ifPresent(exhibit -> shelf.putExhibit(hash, exhibit)));
        }
    }

    /// Keeps on disk what our own report of this fault is going to need.
    void keepFor(WindowFault fault) {
        WindowEvidence.result(fault)
                .ifPresent(result -> shelf.putExhibit(Exhibits.hash(result), result));
    }
}
