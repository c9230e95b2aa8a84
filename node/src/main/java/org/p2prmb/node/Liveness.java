package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.discovery.liveness.LivenessMachine;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Sequences;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Runs the [LivenessMachine]: its streams, its dials, and its verdicts in the contact book.
final class Liveness implements HostListener, AliveLinks.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Liveness.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(4);
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(500);
    private static final int INBOX_MAX = 4_096;
    private static final int VERIFY_MAX = 256;

    private final Host host;
    private final ContactBook book;
    private final OwnRecord own;
    private final Sequences sequences;
    private final InstantSource clock;
    private final LivenessConfig config;
    private final Consumer<PeerId> fetchRecord;
    private final Errands errands;
    private final AliveLinks links;
    private final Verdicts verdicts = new Verdicts();
    private final Backlog disk;
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
            Errands errands,
            Consumer<Throwable> died) {
        this.host = host;
        this.book = book;
        this.own = own;
        this.sequences = sequences;
        this.clock = clock;
        this.config = config;
        this.fetchRecord = fetchRecord;
        this.errands = errands;
        this.links = new AliveLinks(this, clock);
        this.disk = new Backlog("liveness disk", died);
        var machine = new LivenessMachine(host.peerId(), config, new SecureRandom());
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
            links.open(connection, () -> suspect(connection.remotePeer()));
        }
    }

    @Override
    public void up(PeerId peer) throws InterruptedException {
        loop.put(new Event.LinkUp(peer));
    }

    @Override
    public void down(PeerId peer) throws InterruptedException {
        loop.put(new Event.LinkDown(peer));
    }

    @Override
    public void received(PeerId peer, AliveFrame frame) throws InterruptedException {
        loop.put(new Event.Received(peer, frame));
    }

    private void act(Action action) {
        switch (action) {
            case Action.Send(var peer, var frame) -> send(peer, frame);
            case Action.SignLease(var watchers, var leaving) ->
                    disk.put(() -> renew(watchers, leaving));
            case Action.SignVote(var subject, var sequence) -> {
                var vote = new Vote(host.peerId(), subject, sequence);
                loop.offer(new Event.VoteSigned(SignedVote.seal(vote, host.keys())));
            }
            case Action.FindWatchers _, Action.Introduce _, Action.Release _ -> {} // None wanted.
            case Action.MarkDoubted(var peer) -> disk.put(() -> doubted(peer));
            case Action.Dial(var peer) -> errands.start(() -> dial(peer));
            case Action.FetchRecord(var peer, var sequence) ->
                    errands.start(() -> fetch(peer, sequence));
            case Action.MarkAlive(var peer) -> disk.put(() -> alive(peer));
            case Action.MarkDead(var peer, var reason) -> disk.put(() -> dead(peer, reason));
        }
    }

    private void send(PeerId peer, AliveFrame frame) {
        if (frame instanceof AliveFrame.Leased(var lease) && lease.lease().leaving()) {
            links.sendLast(peer, frame);
        } else if (!links.send(peer, frame) && !links.isUp(peer)) {
            errands.start(() -> dial(peer));
        }
    }

    private void renew(List<Bytes> watchers, boolean leaving) {
        var lease =
                new Lease(
                        host.peerId(),
                        sequences.next("lease"),
                        config.leaseTtl(),
                        config.interval(),
                        watchers,
                        own.current().record().sequence(),
                        leaving);
        loop.offer(new Event.LeaseSigned(SignedLease.seal(lease, host.keys())));
    }

    private void dial(PeerId peer) throws InterruptedException {
        try {
            var addresses = book.find(peer).map(Contact::addresses).orElse(List.of());
            var connection = host.connect(peer, addresses, DIAL_LIMIT);
            if (links.isUp(peer)) {
                loop.put(new Event.LinkUp(peer));
            } else {
                links.open(connection, () -> pingInstead(connection));
            }
        } catch (IOException e) {
            log.debug("{} cannot be dialled: {}", peer.shortText(), e.getMessage());
            loop.put(new Event.Unreachable(peer));
        }
    }

    /// For agents that do not speak the protocol, such as those of another implementation.
    private void pingInstead(Connection connection) {
        var peer = connection.remotePeer();
        try {
            Ping.measure(connection, 1, DIAL_LIMIT);
            answered(peer);
        } catch (IOException e) {
            log.debug("{} answers no ping: {}", peer.shortText(), e.getMessage());
            loop.offer(new Event.Unreachable(peer));
        }
    }

    private void fetch(PeerId peer, long sequence) {
        if (book.find(peer).map(Contact::sequence).orElse(-1L) < sequence) {
            fetchRecord.accept(peer);
        }
    }

    private void alive(PeerId peer) {
        book.proofOfLife(peer, clock.instant());
        verdicts.tell(peer, true);
    }

    private void doubted(PeerId peer) {
        book.hide(peer);
        verdicts.tell(peer, false);
    }

    private void dead(PeerId peer, String reason) {
        log.info("{} is gone: {}", peer.shortText(), reason);
        book.hide(peer);
        verdicts.tell(peer, false);
    }

    /// Asks these agents for a sign of life, all at once; returns those that gave one in time.
    Set<PeerId> verify(Collection<PeerId> peers, Duration limit) throws InterruptedException {
        var asked = peers.stream().limit(VERIFY_MAX).toList();
        try (var inquiry = verdicts.about(asked)) {
            asked.forEach(this::suspect);
            return inquiry.await(limit);
        }
    }

    /// An agent answered in another protocol: a proof of life, unless it has left.
    void answered(PeerId peer) {
        if (!loop.offer(new Event.Proved(peer))) {
            log.warn("liveness is overloaded: {} is not noted as alive", peer.shortText());
        }
    }

    /// Has an agent looked at that is perhaps dead: it is hidden if it stays silent.
    void suspect(PeerId peer) {
        if (!loop.offer(new Event.Verify(peer))) {
            log.warn("liveness is overloaded: {} is not looked at", peer.shortText());
        }
    }

    /// Tells the neighbours that we leave, and waits until they know, at most half a second.
    void leave() {
        links.close();
        loop.offer(new Event.Leave());
        try {
            links.awaitNone(LEAVE_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        verdicts.close();
        links.close();
        loop.close();
        disk.close();
    }
}
