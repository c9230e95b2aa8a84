package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Publish and subscribe on one host: owns a [GossipRouter] and does what it decides.
///
/// ```
/// peer's stream -> reader -> [ router's loop ] -> validation -> back to the loop
///                                  |-> subscription's thread -> application
///                                  |-> each peer's queue -> writer -> our stream
/// ```
///
/// Its streams alone keep no connection: a host that closes idle ones spares those with the mesh.
/// The loop never waits: a reader waits for the loop, a slow peer or application loses messages.
public final class GossipSub implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GossipSub.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private final Host host;
    private final GossipConfig config;
    private final GossipListener listener;
    private final GossipCodec codec;
    private final RouterInbox inbox;
    private final Validation validation;
    private final Links links;
    private final PeerDials dials;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Action.Answer>> questions = new ConcurrentHashMap<>();
    private final AtomicLong lastQuestion = new AtomicLong();
    private final AtomicLong lastSeqno;
    private final GossipTally tally = new GossipTally();
    private final Object lock = new Object();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Set<PeerId> meshed = Set.of();

    private GossipSub(Host host, GossipConfig config, GossipListener listener) {
        this.host = host;
        this.config = config;
        this.listener = listener;
        var room = new SendRoom(config.streams().allQueuedBytesMax(), tally.dropped);
        this.links = new Links(host, config, room, this::tell);
        this.codec = new GossipCodec(config.ids(), Signatures.REAL);
        this.dials = new PeerDials(host, config, codec);
        var clock = new MonotonicClock();
        var start = clock.instant();
        this.lastSeqno = new AtomicLong(GossipCodec.seqnoBefore(start));
        var router = new GossipRouter(config, host.peerId(), new SecureRandom(), start);
        this.validation =
                new Validation(
                        codec,
                        this::validator,
                        this::verdict,
                        config.limits().validationsMax(),
                        config.streams().validatorsMax(),
                        config.streams().topicValidatorsMax());
        this.inbox =
                new RouterInbox(
                        "gossip-" + host.peerId().shortText(),
                        router,
                        clock,
                        config.streams(),
                        this::act,
                        this::died);
    }

    /// Serves GossipSub on `host` from now on.
    public static GossipSub start(Host host, GossipConfig config) {
        return start(host, config, new GossipListener() {});
    }

    /// Serves GossipSub on `host` from now on.
    public static GossipSub start(Host host, GossipConfig config, GossipListener listener) {
        var gossip = new GossipSub(host, config, listener);
        // Serving comes first: a peer that we open a stream to opens one back at once.
        gossip.protocols().forEach(protocol -> host.handle(protocol, gossip::serve));
        host.listen(gossip.links);
        host.keepFor(gossip::keeps);
        // Who is connected already may have been identified before we listened.
        host.connections().forEach(gossip.links::link);
        return gossip;
    }

    private List<String> protocols() {
        return config.streams().protocols();
    }

    /// Joins `topic`: each message that `validator` accepts is given to `application` once, and
    /// forwarded. Our own messages are not.
    ///
    /// Throws `IllegalStateException` when we are in the topic already or closed.
    public Subscription subscribe(
            String topic, Validator validator, Consumer<GossipMessage> application)
            throws InterruptedException {
        synchronized (lock) {
            if (closed.get() || subscriptions.containsKey(topic)) {
                throw new IllegalStateException("closed, or subscribed already: " + topic);
            }
            var deliveriesMax = config.streams().deliveriesMax();
            var subscription =
                    new Subscription(topic, validator, application, deliveriesMax, this::left);
            subscriptions.put(topic, subscription);
            inbox.put(new Event.Joined(topic));
            return subscription;
        }
    }

    /// Signs `data` and sends it to the peers of `topic`; we need not be subscribed. Returns the
    /// message's id.
    ///
    /// Throws `IllegalArgumentException` when `data` is larger than the configuration allows.
    public Bytes publish(String topic, Bytes data) throws InterruptedException {
        if (data.size() > config.streams().dataBytesMax()) {
            throw new IllegalArgumentException("message of %d bytes".formatted(data.size()));
        }
        var message = codec.sign(host.keys(), lastSeqno.incrementAndGet(), topic, data);
        tally.published.increment();
        inbox.put(new Event.Published(message));
        return message.id();
    }

    /// The connected peers that are subscribed to `topic`.
    public Set<PeerId> peers(String topic) {
        return ask(topic).peers();
    }

    /// The peers that we exchange the full messages of `topic` with.
    public Set<PeerId> mesh(String topic) {
        return ask(topic).mesh();
    }

    /// Whether the peer is a direct one, or was in the mesh of one of our topics at the last
    /// heartbeat.
    boolean keeps(PeerId peer) {
        return meshed.contains(peer) || config.direct(peer);
    }

    /// Tells what the application thinks of a peer: P5 of its score, 0 is neutral.
    public void rate(PeerId peer, double rating) throws InterruptedException {
        inbox.put(new Event.Rated(peer, rating));
    }

    public GossipCounters counters() {
        return tally.counters();
    }

    private Action.Answer ask(String topic) {
        var question = lastQuestion.incrementAndGet();
        var answer = new CompletableFuture<Action.Answer>();
        questions.put(question, answer);
        try {
            if (!inbox.offer(new Event.Asked(question, topic))) {
                throw new IllegalStateException("the router is overloaded");
            }
            return answer.orTimeout(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
        } finally {
            questions.remove(question);
        }
    }

    /// Carries out one decision of the router; on its thread, so nothing here waits.
    private void act(Action action) {
        switch (action) {
            case Action.Send(var to, var rpc) -> send(to, rpc);
            case Action.Forward(var to, var message) -> to.forEach(peer -> send(peer, message));
            case Action.Validate(_, var message) -> validate(message);
            case Action.Deliver(var message) -> deliver(message);
            case Action.Introduce(var by, var peers) -> dials.introduced(by, peers);
            case Action.Reach(var peers) -> dials.direct(peers);
            case Action.Meshed(var peers) -> meshed = peers;
            case Action.Answer answer -> answered(answer);
        }
    }

    private void send(PeerId to, Rpc rpc) {
        var link = links.find(to);
        if (link != null && link.offer(rpc.withRecords(links::record))) {
            tally.dontWantsSent.add(rpc.control().unwanted());
        }
    }

    private void send(PeerId to, GossipMessage message) {
        var link = links.find(to);
        if (link != null) {
            link.offer(message);
        }
    }

    private void validate(GossipMessage message) {
        // Not taken means no verdict, and that the router forgets the message after a while.
        if (validation.offer(message)) {
            tally.validated.increment();
        }
    }

    private void deliver(GossipMessage message) {
        var subscription = subscriptions.get(message.topic());
        if (subscription != null) {
            tally.delivered.increment();
            subscription.deliver(message);
        }
    }

    private void answered(Action.Answer answer) {
        var question = questions.get(answer.question());
        if (question != null) {
            question.complete(answer);
        }
    }

    private Validator validator(String topic) {
        var subscription = subscriptions.get(topic);
        return subscription == null ? _ -> Verdict.IGNORE : subscription.validator();
    }

    private void verdict(Event verdict) throws InterruptedException {
        inbox.put(verdict);
        if (verdict instanceof Event.Forged) {
            tally.forged.increment();
        }
    }

    /// Reads a peer's RPCs until it ends its stream.
    private void serve(Stream stream) throws IOException, InterruptedException {
        stream.background();
        var peer = stream.remotePeer();
        links.link(stream.connection()).reading(stream);
        var bytesMax = config.streams().rpcBytesMax();
        for (var frame = Frames.readOrEnd(stream, bytesMax);
                frame.isPresent();
                frame = Frames.readOrEnd(stream, bytesMax)) {
            var rpc = codec.decode(frame.get());
            tally.rpcs.increment();
            tally.received.add(rpc.messages().size());
            tally.dontWantsReceived.add(rpc.control().unwanted());
            inbox.receive(new Event.Received(peer, rpc), frame.get().length);
        }
    }

    private void left(Subscription subscription) {
        synchronized (lock) {
            if (subscriptions.remove(subscription.topic(), subscription)) {
                tell(new Event.Left(subscription.topic()));
            }
        }
    }

    /// Hands over what the router must not miss; waits even when the thread is being interrupted.
    private void tell(Event event) {
        var interrupted = false;
        while (!closed.get()) {
            try {
                inbox.put(event);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void died(Throwable cause) {
        log.error("the router of {} died", host.peerId().shortText(), cause);
        close();
        listener.died(cause);
    }

    /// Leaves all topics and peers; the host stays.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        protocols().forEach(host::unhandle);
        inbox.close();
        meshed = Set.of();
        validation.close();
        links.close();
        synchronized (lock) {
            List.copyOf(subscriptions.values()).forEach(Subscription::close);
        }
    }
}
