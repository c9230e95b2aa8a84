package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.discovery.liveness.LivenessMachine;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Sequences;
import org.p2prmb.protocols.statements.SignedLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Runs the [LivenessMachine]: its streams, its dials, and its verdicts in the contact book.
final class Liveness implements HostListener, AliveLinks.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Liveness.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(4);
    private static final int INBOX_MAX = 4_096;
    private static final int VERIFY_MAX = 256;

    private final Host host;
    private final ContactBook book;
    private final OwnRecord own;
    private final Sequences sequences;
    private final InstantSource clock;
    private final LivenessConfig config;
    private final Consumer<PeerId> fetchRecord;
    private final AliveLinks links = new AliveLinks(this);
    private final Map<PeerId, CompletableFuture<Boolean>> asked = new ConcurrentHashMap<>();
    private final Loop<Event, Action> loop;

    /// @param fetchRecord asks a neighbour for its newest contact record
    /// @param died hears of a failure of our own
    Liveness(
            Host host,
            ContactBook book,
            OwnRecord own,
            Sequences sequences,
            InstantSource clock,
            LivenessConfig config,
            Consumer<PeerId> fetchRecord,
            Consumer<Throwable> died) {
        this.host = host;
        this.book = book;
        this.own = own;
        this.sequences = sequences;
        this.clock = clock;
        this.config = config;
        this.fetchRecord = fetchRecord;
        var machine = new LivenessMachine(config, new SecureRandom());
        this.loop = Loop.start("liveness", machine, clock, INBOX_MAX, this::act, died);
    }

    /// Serves the protocol from now on.
    void start() {
        host.handle(AliveFrame.PROTOCOL, links::serve);
        host.listen(this);
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        // The dialler opens the link; else both would, and the pair had two.
        if (connection.outbound() && info.protocols().contains(AliveFrame.PROTOCOL)) {
            links.open(connection);
        }
    }

    @Override
    public void up(PeerId peer) {
        offer(new Event.Connected(peer));
    }

    @Override
    public void down(PeerId peer) {
        offer(new Event.Disconnected(peer));
    }

    @Override
    public void received(PeerId peer, AliveFrame frame) {
        switch (frame) {
            case AliveFrame.Leased(var lease) -> offer(new Event.LeaseReceived(lease.lease()));
            case AliveFrame.Ping(var nonce) -> offer(new Event.PingReceived(peer, nonce));
            case AliveFrame.Pong(var nonce) -> offer(new Event.PongReceived(peer, nonce));
        }
    }

    private void offer(Event event) {
        if (!loop.offer(event)) {
            log.warn("liveness is overloaded and lost an event");
        }
    }

    private void act(Action action) {
        switch (action) {
            case Action.RenewLease(var to, var leaving) -> renew(to, leaving);
            case Action.SendPing(var peer, var nonce) ->
                    links.send(peer, new AliveFrame.Ping(nonce));
            case Action.SendPong(var peer, var nonce) ->
                    links.send(peer, new AliveFrame.Pong(nonce));
            case Action.Dial(var peer) -> Thread.startVirtualThread(() -> dial(peer));
            case Action.FetchRecord(var peer, var sequence) -> fetch(peer, sequence);
            case Action.MarkAlive(var peer) -> alive(peer);
            case Action.MarkDead(var peer, var reason) -> dead(peer, reason);
        }
    }

    private void renew(List<PeerId> to, boolean leaving) {
        var lease =
                new Lease(
                        host.peerId(),
                        sequences.next("lease"),
                        config.leaseTtl(),
                        config.interval(),
                        List.of(),
                        own.current().record().sequence(),
                        leaving);
        var frame = new AliveFrame.Leased(SignedLease.seal(lease, host.keys()));
        to.forEach(peer -> links.send(peer, frame));
    }

    private void dial(PeerId peer) {
        try {
            var addresses = book.find(peer).map(Contact::addresses).orElse(List.of());
            var connection = host.connect(peer, addresses, DIAL_LIMIT);
            if (links.isUp(peer)) {
                offer(new Event.Connected(peer));
            } else {
                links.open(connection);
            }
        } catch (IOException e) {
            log.debug("{} cannot be dialled: {}", peer.shortText(), e.getMessage());
            offer(new Event.DialFailed(peer));
        }
    }

    private void fetch(PeerId peer, long sequence) {
        if (book.find(peer).map(Contact::sequence).orElse(-1L) < sequence) {
            Thread.startVirtualThread(() -> fetchRecord.accept(peer));
        }
    }

    private void alive(PeerId peer) {
        book.proofOfLife(peer, clock.instant());
        verdict(peer, true);
    }

    private void dead(PeerId peer, String reason) {
        log.info("{} is gone: {}", peer.shortText(), reason);
        book.hide(peer);
        verdict(peer, false);
    }

    private void verdict(PeerId peer, boolean lives) {
        var waiting = asked.remove(peer);
        if (waiting != null) {
            waiting.complete(lives);
        }
    }

    /// Asks these agents for a sign of life, all at once; returns those that gave one in time.
    Set<PeerId> verify(Collection<PeerId> peers, Duration limit) throws InterruptedException {
        var waiting = new ArrayList<Map.Entry<PeerId, CompletableFuture<Boolean>>>();
        for (var peer : peers.stream().limit(VERIFY_MAX).toList()) {
            var verdict = asked.computeIfAbsent(peer, _ -> new CompletableFuture<>());
            waiting.add(Map.entry(peer, verdict));
            offer(new Event.Verify(peer));
        }
        var deadline = System.nanoTime() + limit.toNanos();
        var alive = new HashSet<PeerId>();
        for (var entry : waiting) {
            try {
                var left = Math.max(0, deadline - System.nanoTime());
                if (entry.getValue().get(left, TimeUnit.NANOSECONDS)) {
                    alive.add(entry.getKey());
                }
            } catch (TimeoutException _) {
                log.debug("{} gave no sign of life in time", entry.getKey().shortText());
            } catch (ExecutionException e) {
                throw new IllegalStateException("verdicts do not fail", e);
            }
        }
        return alive;
    }

    /// Has an agent that could not be reached looked at: it is hidden if it stays silent.
    void suspect(PeerId peer) {
        offer(new Event.Verify(peer));
    }

    /// Tells the neighbours that we leave.
    void leave() {
        offer(new Event.Leave());
    }

    @Override
    public void close() {
        links.close();
        loop.close();
    }
}
