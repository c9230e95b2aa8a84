package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.reputation.ReputationClient;
import org.p2prmb.protocols.reputation.ReputationServer;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.statements.Canonical;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The agents that are asked about a subject, and that are told of it: those near the subject's key
/// in the DHT, those whose word we found true, and where these are too few our neighbours.
final class ReputationSources {
    /// Custodians that get a report of ours.
    static final int TOLD_MAX = 8;

    private static final int NEAREST_ASKED = 4;
    private static final int CREDIBLE_ASKED = 2;
    private static final int ASKED_MAX = 6;

    /// Neighbours that are asked for an exhibit, one after the other.
    private static final int EXHIBIT_NEIGHBOURS = 3;

    /// Reports that are asked of each.
    private static final int REPORTS_MAX = 16;

    private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(5);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(4);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(ReputationSources.class);

    private final Host host;
    private final ContactBook book;
    private final WatcherDirectory directory;
    private final Supplier<List<PeerId>> neighbours;

    ReputationSources(
            Host host,
            ContactBook book,
            WatcherDirectory directory,
            Supplier<List<PeerId>> neighbours) {
        this.host = host;
        this.book = book;
        this.directory = directory;
        this.neighbours = neighbours;
    }

    /// Asks what others hold on the subject; at most ten seconds.
    ///
    /// @param credible those whose word weighs most, best first
    List<SignedReport> ask(PeerId subject, List<PeerId> credible) throws InterruptedException {
        var sources = nearest(subject, NEAREST_ASKED);
        credible.stream()
                .filter(peer -> isOther(peer, subject))
                .limit(CREDIBLE_ASKED)
                .forEach(peer -> sources.putIfAbsent(peer, List.of()));
        fill(sources, subject, ASKED_MAX);
        var reports = new ConcurrentLinkedQueue<SignedReport>(); // 16 of 6 sources at most.
        each(
                sources,
                connection ->
                        reports.addAll(ReputationClient.held(connection, subject, REPORTS_MAX)));
        return List.copyOf(reports);
    }

    /// Hands our report to those who will be asked about its subject.
    void tell(SignedReport report) throws InterruptedException {
        var subject = report.report().subject();
        var sources = nearest(subject, TOLD_MAX);
        fill(sources, subject, TOLD_MAX);
        each(sources, connection -> ReputationClient.file(connection, report));
    }

    /// Asks for an exhibit of evidence: its reporter when we are connected, then neighbours,
    /// through which the report may have come, and last the reporter anew.
    Optional<Bytes> exhibit(Bytes hash, PeerId reporter) {
        var sources = new LinkedHashSet<PeerId>();
        if (!host.connections(reporter).isEmpty()) {
            sources.add(reporter);
        }
        var connected = new ArrayList<>(neighbours.get());
        Collections.shuffle(connected);
        connected.stream().limit(EXHIBIT_NEIGHBOURS).forEach(sources::add);
        sources.add(reporter);
        sources.remove(host.peerId());
        for (var source : sources) {
            try {
                var connection = connection(source, whereabouts(source, List.of()));
                return Optional.of(ReputationClient.exhibit(connection, hash));
            } catch (IOException e) {
                log.debug("no exhibit from {}: {}", source.shortText(), e.getMessage());
            }
        }
        return Optional.empty();
    }

    private SequencedMap<PeerId, List<Multiaddr>> nearest(PeerId subject, int max)
            throws InterruptedException {
        var key = Canonical.domain("rmb/reputation/1").bytes(subject.multihash()).sha256();
        var near = new ArrayList<>(closest(key));
        near.removeIf(entry -> !isOther(entry.peer(), subject));
        var custodians = near.subList(0, Math.min(near.size(), TOLD_MAX));
        Collections.shuffle(custodians);
        var chosen = new LinkedHashMap<PeerId, List<Multiaddr>>();
        custodians.stream()
                .limit(max)
                .forEach(entry -> chosen.put(entry.peer(), entry.addresses()));
        return chosen;
    }

    /// A look-up that takes too long in a broken DHT is given up: there are others to ask.
    private List<WatcherDirectory.Entry> closest(Bytes key) throws InterruptedException {
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        try {
            return thread.submit(() -> directory.closest(key, TOLD_MAX + 2))
                    .get(LOOKUP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            return List.of();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look-up failed", e.getCause());
        } finally {
            thread.shutdownNow();
        }
    }

    private void fill(SequencedMap<PeerId, List<Multiaddr>> sources, PeerId subject, int max) {
        var connected = new ArrayList<>(neighbours.get());
        Collections.shuffle(connected);
        for (var peer : connected) {
            if (sources.size() < max && isOther(peer, subject)) {
                sources.putIfAbsent(peer, List.of());
            }
        }
    }

    /// Nobody is asked about itself.
    private boolean isOther(PeerId peer, PeerId subject) {
        return !peer.equals(subject) && !peer.equals(host.peerId());
    }

    private interface Exchange {
        void with(Connection connection) throws IOException;
    }

    private void each(SequencedMap<PeerId, List<Multiaddr>> sources, Exchange exchange)
            throws InterruptedException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            // The book is read here: the threads may be interrupted, which a store takes badly.
            sources.forEach((peer, told) -> {
                var addresses = whereabouts(peer, told);
                threads.execute(() -> one(peer, addresses, exchange));
            });
            threads.shutdown();
            if (!threads.awaitTermination(ASK_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                log.debug("some sources of reputation did not answer in time");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void one(PeerId peer, List<Multiaddr> addresses, Exchange exchange) {
        try {
            exchange.with(connection(peer, addresses));
        } catch (IOException e) {
            log.debug(
                    "no {} with {}: {}",
                    ReputationServer.PROTOCOL,
                    peer.shortText(),
                    e.getMessage());
        }
    }

    private Connection connection(PeerId peer, List<Multiaddr> addresses) throws IOException {
        var open = host.connections(peer);
        return open.isEmpty() ? host.connect(peer, addresses, DIAL_LIMIT) : open.getLast();
    }

    private List<Multiaddr> whereabouts(PeerId peer, List<Multiaddr> told) {
        var known = new ArrayList<>(told);
        book.find(peer).map(Contact::addresses).ifPresent(known::addAll);
        return known;
    }
}
