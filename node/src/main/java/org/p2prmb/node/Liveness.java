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
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamMeter;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Sequences;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.p2prmb.protocols.statements.Watchers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Runs the [LivenessMachine]: its streams, its dials, what it signs, and its verdicts in the
/// contact book.
final class Liveness implements HostListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Liveness.class);
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(500);
    private static final int INBOX_MAX = 4_096;
    private static final int VERIFY_MAX = 256;

    private final Surroundings around;
    private final Host host;
    private final ContactBook book;
    private final InstantSource clock;
    private final AliveSpeakers speakers;
    private final AliveDialler dialler;
    private final AliveLinks links;
    private final Introductions introductions;
    private final WatcherCandidates candidates;
    private final HotContacts hot;
    private final HotWatch hotWatch;
    private final Verdicts verdicts = new Verdicts();
    private final SilentAgents silent = new SilentAgents();

    private final CountDownLatch left = new CountDownLatch(1);
    private final Backlog disk;
    private final Loop<Event, Action> loop;

    /// What liveness needs of the rest of the agent.
    ///
    /// @param neighbours the agents connected now, those that we wanted first
    /// @param directory where agents near a key are found
    /// @param fetchRecord asks a neighbour for its newest contact record
    /// @param meter counts what goes over the links
    /// @param died hears of a failure of our own
    record Surroundings(
            Host host,
            ContactBook book,
            OwnRecord own,
            ContactIntake intake,
            Sequences sequences,
            InstantSource clock,
            Supplier<List<PeerId>> neighbours,
            WatcherDirectory directory,
            Consumer<PeerId> fetchRecord,
            StreamMeter meter,
            Errands errands,
            Consumer<Throwable> died) {}

    /// The settings of liveness.
    ///
    /// @param hotMax contacts whose death we want to hear of
    /// @param neighboursMax of those, neighbours that come before all others
    /// @param linksMax peers with a link
    record Bounds(
            LivenessConfig machine,
            int hotMax,
            int neighboursMax,
            int linksMax,
            boolean exemptLoopback) {
        static Bounds of(AgentConfig config) {
            var imAlive = config.imAlive();
            var usual = LivenessConfig.of(imAlive.interval());
            return new Bounds(
                    new LivenessConfig(usual.interval(), imAlive.watchers(), usual.peersMax()),
                    imAlive.hotMax(),
                    config.neighboursMax(),
                    imAlive.linksMax(),
                    config.exemptLoopback());
        }
    }

    private final LivenessConfig config;

    Liveness(Surroundings around, Bounds bounds) {
        this.around = around;
        this.host = around.host();
        this.book = around.book();
        this.clock = around.clock();
        this.config = bounds.machine();
        this.speakers = new AliveSpeakers(host);
        this.introductions =
                new Introductions(host.peerId(), book, around.own(), around.intake(), clock);
        this.dialler =
                new AliveDialler(host, speakers, introductions::addresses, new DialOutcome());
        this.links =
                new AliveLinks(
                        host.peerId(),
                        bounds.linksMax(),
                        peer -> around.errands().start(() -> dialler.dial(peer)),
                        new LinkEvents(),
                        clock);
        this.candidates =
                new WatcherCandidates(
                        host,
                        book,
                        around.directory().orElse(new BookDirectory(book)),
                        around.neighbours(),
                        speakers,
                        introductions,
                        bounds.exemptLoopback(),
                        clock);
        this.hot =
                new HotContacts(
                        book,
                        around.neighbours(),
                        peer -> !speakers.isStranger(peer) && !silent.isDead(peer),
                        bounds.neighboursMax(),
                        bounds.hotMax());
        this.hotWatch = new HotWatch(hot, this::hot, config.interval(), around.died());
        this.disk = new Backlog("liveness disk", around.died());
        var machine = new LivenessMachine(host.peerId(), config, new SecureRandom());
        this.loop = Loop.prepare("liveness", machine, clock, INBOX_MAX, this::act, around.died());
    }

    /// Serves the protocol from now on.
    void start() {
        host.handle(AliveFrame.PROTOCOL, around.meter().count(stream -> links.serve(stream)));
        loop.begin();
        host.listen(speakers);
        host.listen(this);
        hotWatch.start();
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        hotWatch.look();
    }

    /// We keep the connection with this agent, which we dialled. Who dialled opens the link, for
    /// else both would, every time; but not to whom it came on an errand only.
    void met(PeerId peer) {
        links.open(peer);
    }

    @Override
    public void disconnected(Connection connection) {
        hotWatch.look();
    }

    private final class LinkEvents implements AliveLinks.Listener {
        @Override
        public void up(PeerId peer) throws InterruptedException {
            loop.put(new Event.LinkUp(peer));
        }

        @Override
        public void down(PeerId peer) throws InterruptedException {
            loop.put(new Event.LinkDown(peer));
        }

        @Override
        public void received(Connection over, AliveFrame frame) throws InterruptedException {
            var peer = over.remotePeer();
            if (frame instanceof AliveFrame.Introduction introduction) {
                var peers = introductions.learn(introduction, over);
                loop.put(new Event.Introduced(peer, peers));
                hotWatch.look();
            } else {
                loop.put(new Event.Received(peer, frame));
            }
        }
    }

    private final class DialOutcome implements AliveDialler.Outcome {
        @Override
        public void opened(Stream stream) {
            links.opened(around.meter().count(stream));
        }

        @Override
        public void answered(PeerId peer) throws InterruptedException {
            links.notOpened(peer);
            Liveness.this.answered(peer);
        }

        @Override
        public void unreachable(PeerId peer) throws InterruptedException {
            links.notOpened(peer);
            unreached(peer);
            tell(new Event.Unreachable(peer));
        }
    }

    private void act(Action action) {
        var errands = around.errands();
        switch (action) {
            case Action.Send(var peer, var frame) -> links.send(peer, frame);
            case Action.SignLease(var watchers, var leaving) ->
                    disk.put(() -> signLease(watchers, leaving));
            case Action.SignVote(var subject, var sequence) ->
                    disk.put(() -> signVote(subject, sequence));
            case Action.FindWatchers(var count) ->
                    errands.start(() -> loop.put(candidates.find(count)));
            case Action.Introduce(var to, var peers) -> errands.start(() -> introduce(to, peers));
            case Action.Dial(var peer) -> links.open(peer);
            case Action.Release(var peer) -> links.release(peer);
            case Action.FetchRecord(var peer, var sequence) ->
                    errands.start(() -> fetch(peer, sequence));
            case Action.MarkAlive(var peer) -> alive(peer);
            case Action.MarkDoubted(var peer) -> doubted(peer);
            case Action.MarkDead(var peer, var reason) -> dead(peer, reason);
        }
    }

    private void signLease(Watchers watchers, boolean leaving) {
        var lease =
                new Lease(
                        host.peerId(),
                        around.sequences().next("lease"),
                        config.leaseTtl(),
                        config.interval(),
                        watchers.commitment(),
                        around.own().current().record().sequence(),
                        leaving);
        tell(new Event.LeaseSigned(SignedLease.seal(lease, host.keys()), watchers));
        if (leaving) {
            left.countDown();
        }
    }

    private void signVote(PeerId subject, long sequence) {
        var vote = new Vote(host.peerId(), subject, sequence);
        tell(new Event.VoteSigned(SignedVote.seal(vote, host.keys())));
    }

    private void introduce(PeerId to, List<PeerId> peers) {
        introductions.of(peers).forEach(frame -> links.send(to, frame));
    }

    private void fetch(PeerId peer, long sequence) {
        if (book.find(peer).map(Contact::sequence).orElse(-1L) < sequence) {
            around.fetchRecord().accept(peer);
        }
    }

    private void alive(PeerId peer) {
        silent.answered(peer);
        disk.put(() -> {
            book.proofOfLife(peer, clock.instant());
            verdicts.tell(peer, true);
        });
    }

    private void doubted(PeerId peer) {
        silent.doubt(peer);
        disk.put(() -> verdicts.tell(peer, false));
    }

    private void dead(PeerId peer, String reason) {
        log.info("{} is gone: {}", peer.shortText(), reason);
        silent.bury(peer);
        disk.put(() -> {
            book.hide(peer);
            verdicts.tell(peer, false);
        });
        hotWatch.look();
    }

    private void hot(Set<PeerId> peers) {
        links.sweep();
        tell(new Event.Hot(peers));
    }

    /// For events that are told again when they are lost.
    private void tell(Event event) {
        if (!loop.offer(event)) {
            log.warn("liveness is overloaded: {} is left out", event.getClass().getSimpleName());
        }
    }

    /// Asks these agents for a sign of life, all at once; returns those that gave one in time.
    Set<PeerId> verify(Collection<PeerId> peers, Duration limit) throws InterruptedException {
        var asked = peers.stream().limit(VERIFY_MAX).toList();
        try (var inquiry = verdicts.about(asked)) {
            asked.forEach(this::suspect);
            return inquiry.await(limit);
        }
    }

    /// Whether the agent is, or may be, gone.
    boolean isSilent(PeerId peer) {
        return silent.contains(peer);
    }

    /// Somebody was given this contact.
    void handedOut(PeerId peer) {
        hot.handedOut(peer);
    }

    /// The contacts whose death we want to hear of.
    Set<PeerId> hotContacts() {
        return hot.current().stream()
                .filter(peer -> !silent.isDead(peer))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// An agent answered in another protocol: a proof of life, unless it has left.
    void answered(PeerId peer) {
        tell(new Event.Proved(peer));
    }

    /// A dial to an agent failed. Who is connected with nobody is cut off himself, and learns
    /// nothing from that.
    void unreached(PeerId peer) {
        if (!around.host().connections().isEmpty()) {
            around.book().unreachable(peer);
        }
    }

    /// Has an agent looked at that is perhaps dead: it is hidden if it stays silent.
    void suspect(PeerId peer) {
        tell(new Event.Verify(peer));
    }

    /// Tells those whom it concerns that we leave, and waits until they know, at most half a
    /// second.
    void leave() {
        var end = System.nanoTime() + LEAVE_LIMIT.toNanos();
        hotWatch.close();
        verdicts.close();
        tell(new Event.Leave());
        try {
            if (left.await(LEAVE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                loop.finish(Duration.ofNanos(end - System.nanoTime()));
                links.finish(Duration.ofNanos(end - System.nanoTime()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hotWatch.close();
        verdicts.close();
        links.close();
        loop.close();
        disk.close();
    }
}
