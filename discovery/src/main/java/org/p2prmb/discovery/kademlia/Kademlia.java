package org.p2prmb.discovery.kademlia;

import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// One host's part in the DHT: finds peers, values and providers, and serves others.
///
/// Runs a [KademliaMachine] on its loop; each request to another peer has a virtual thread of its
/// own. Peers come in by identify: those that serve [#PROTOCOL]. Safe for many threads.
public final class Kademlia implements HostListener, AutoCloseable {
    public static final String PROTOCOL = "/rmb/kad/1.0.0";

    private static final int INBOX_MAX = 4_096;
    private static final int REQUESTS_MAX = 256;
    private static final int WAITING_MAX = 1_024;

    /// What writing at the end of a query and the loop take beyond the look-up.
    private static final Duration GRACE = Duration.ofSeconds(15);

    /// How long the end waits for the table.
    private static final Duration LEAVE_MAX = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Kademlia.class);

    private final Host host;
    private final KademliaConfig config;
    private final Validators validators;
    private final KnownPeers known;
    private final InstantSource clock;
    private final Consumer<Throwable> died;
    private final KadClient client;
    private final Loop<Event, Action> loop;
    private final Semaphore requests = new Semaphore(REQUESTS_MAX);
    private final AtomicBoolean saving = new AtomicBoolean();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<Found>> queries = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<KadMessage>> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final TablePeers members = new TablePeers();

    /// The table at the end.
    private final CompletableFuture<List<KadPeer>> table = new CompletableFuture<>();

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kademlia").factory());

    private Kademlia(
            Host host,
            KademliaConfig config,
            Validators validators,
            KnownPeers known,
            InstantSource clock,
            RandomGenerator random,
            Consumer<Throwable> died) {
        this.host = host;
        this.config = config;
        this.validators = validators;
        this.known = known;
        this.clock = clock;
        this.died = died;
        this.client = new KadClient(host, config.requestLimit());
        var machine = new KademliaMachine(host.peerId(), config, validators, random);
        this.loop = Loop.start("kademlia", machine, clock, INBOX_MAX, this::perform, this::died);
    }

    /// Joins: serves the protocol unless `config` is a client's, and asks the peers of the last run
    /// first.
    ///
    /// @param random unpredictable
    /// @param died hears of a failure of our own that ended it
    public static Kademlia start(
            Host host,
            KademliaConfig config,
            Validators validators,
            KnownPeers known,
            InstantSource clock,
            RandomGenerator random,
            Consumer<Throwable> died) {
        var kademlia = new Kademlia(host, config, validators, known, clock, random, died);
        kademlia.join();
        return kademlia;
    }

    private void join() {
        loop.offer(new Event.Listening(host.announcedAddresses()));
        loop.offer(new Event.Started(known.load()));
        if (config.server()) {
            host.handle(PROTOCOL, new KadServer(this::respond, clock));
        }
        host.keepFor(members);
        host.listen(this);
    }

    /// Finds a peer that we have no address of, or no good one. Empty when nobody knows it; if it
    /// does not serve the DHT itself, what is returned is hearsay.
    public Optional<KadPeer> findPeer(PeerId peer) throws InterruptedException {
        return query(id -> new Event.FindPeer(id, peer)).peer();
    }

    /// The peers nearest to a key that answered, nearest first, at most 20.
    public List<KadPeer> closest(Bytes key) throws InterruptedException {
        return query(id -> new Event.FindNode(id, key)).closest();
    }

    /// Stores a value with the peers nearest to its key, and again from time to time; returns how
    /// many took it. Throws `IllegalArgumentException` when its validator refuses it.
    public int put(Bytes key, Bytes value) throws InterruptedException {
        if (value.size() > RecordStore.VALUE_BYTES_MAX
                || !validators.accept(key, value, clock.instant())) {
            throw new IllegalArgumentException("not a valid value for its key");
        }
        return query(id -> new Event.Put(id, key, value)).stored();
    }

    /// The best value under a key that was found.
    public Optional<Bytes> get(Bytes key) throws InterruptedException {
        return query(id -> new Event.Get(id, key)).value();
    }

    /// Tells the peers nearest to a key that we have what it names, and again from time to time;
    /// returns how many were told.
    ///
    /// @param key a multihash, for the sake of those that take nothing else
    public int provide(Bytes key) throws InterruptedException {
        if (key.size() == 0 || key.size() > ProviderStore.KEY_BYTES_MAX) {
            throw new IllegalArgumentException("a provider key has 1 to 80 bytes");
        }
        loop.put(new Event.Listening(host.announcedAddresses()));
        return query(id -> new Event.Provide(id, key)).stored();
    }

    /// Who has what a key names, at most `max`; claims of theirs.
    public List<KadPeer> providers(Bytes key, int max) throws InterruptedException {
        return query(id -> new Event.FindProviders(id, key, max)).providers();
    }

    /// How many peers stand in the routing table.
    public int tableSize() {
        return members.size();
    }

    /// Publishes the value under `key`, or provides it, no longer.
    public void withdraw(Bytes key) throws InterruptedException {
        loop.put(new Event.Withdraw(key));
    }

    /// Runs a query to its end; nothing is found when there are too many or we are closed.
    private Found query(LongFunction<Event> event) throws InterruptedException {
        if (queries.size() >= WAITING_MAX) {
            return Found.NOTHING;
        }
        var id = lastId.incrementAndGet();
        var found = new CompletableFuture<Found>();
        queries.put(id, found);
        try {
            if (closed.get() || !loop.offer(event.apply(id))) {
                return Found.NOTHING;
            }
            return found.get(config.lookupLimit().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return Found.NOTHING;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the query failed", e.getCause());
        } finally {
            queries.remove(id);
        }
    }

    private Optional<KadMessage> respond(
            PeerId from, Multiaddr over, KadMessage request, Duration limit)
            throws IOException, InterruptedException {
        var token = lastId.incrementAndGet();
        var answer = new CompletableFuture<KadMessage>();
        if (request.hasResponse()) {
            answers.put(token, answer);
        }
        try {
            if (closed.get() || !loop.offer(new Event.Request(from, over, request, token))) {
                throw new IOException("too much to do at once");
            }
            return request.hasResponse()
                    ? Optional.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS))
                    : Optional.empty();
        } catch (TimeoutException e) {
            throw new IOException("no answer in time", e);
        } catch (ExecutionException e) {
            throw new ProtocolException("refused: " + e.getCause(), e);
        } finally {
            answers.remove(token);
        }
    }

    /// Carries out one decision of the machine; on its thread, so nothing here waits.
    private void perform(Action action) {
        switch (action) {
            case Action.Ask ask -> ask(ask);
            case Action.Tell(var to, var message) -> errand(() -> tell(to, message));
            case Action.Reply(var token, var message) -> {
                var waiting = answers.get(token);
                if (waiting != null) {
                    waiting.complete(message);
                }
            }
            case Action.Refuse(var token, var reason) -> {
                var waiting = answers.get(token);
                if (waiting != null) {
                    waiting.completeExceptionally(new ProtocolException(reason));
                }
            }
            case Action.QueryDone(var id, var found) -> {
                var waiting = queries.get(id);
                if (waiting != null) {
                    waiting.complete(found);
                }
            }
            case Action.TableChanged(var peers) -> members.are(closed.get() ? List.of() : peers);
            case Action.Remember(var peers) -> {
                if (!closed.get()) {
                    save(peers);
                } else {
                    table.complete(peers);
                }
            }
        }
    }

    private void ask(Action.Ask ask) {
        if (!requests.tryAcquire()) {
            // Should there be no room for this either, the machine gives up by itself.
            loop.offer(new Event.Failed(ask.requestId()));
            return;
        }
        var started =
                errand(() -> {
                    try {
                        loop.put(asked(ask));
                    } finally {
                        requests.release();
                    }
                });
        if (!started) {
            requests.release();
        }
    }

    private Event asked(Action.Ask ask) {
        try {
            var answer = client.ask(ask.to(), ask.message());
            var over = answer.over().remoteAddress();
            return new Event.Response(ask.requestId(), answer.message(), over);
        } catch (IOException e) {
            log.debug("{} does not answer: {}", ask.to().id().shortText(), e.getMessage());
            return new Event.Failed(ask.requestId());
        }
    }

    private void tell(KadPeer to, KadMessage message) {
        try {
            client.tell(to, message);
        } catch (IOException e) {
            log.debug("{} cannot be told: {}", to.id().shortText(), e.getMessage());
        }
    }

    /// One save at a time; what a slow disk makes us leave out, the next one has.
    private void save(List<KadPeer> peers) {
        if (saving.compareAndSet(false, true)) {
            var started =
                    errand(() -> {
                        try {
                            known.save(peers);
                        } finally {
                            saving.set(false);
                        }
                    });
            if (!started) {
                saving.set(false);
            }
        }
    }

    private interface Errand {
        void run() throws InterruptedException;
    }

    private boolean errand(Errand errand) {
        try {
            threads.execute(() -> run(errand));
            return true;
        } catch (RejectedExecutionException _) {
            return false; // Closed.
        }
    }

    private void run(Errand errand) {
        try {
            errand.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closing: the errand is over.
        } catch (RuntimeException | Error e) { // Supervisor
            died(e);
        }
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        if (host.connections(info.peer()).isEmpty()) {
            return; // It has gone again, and its going was told before.
        }
        var server = info.protocols().contains(PROTOCOL);
        tell(new Event.PeerSeen(KadPeer.of(info.peer(), info.dialAddresses()), server));
    }

    @Override
    public void disconnected(Connection connection) {
        if (host.connections(connection.remotePeer()).isEmpty()) {
            tell(new Event.PeerLost(connection.remotePeer()));
        }
    }

    private void tell(Event event) {
        try {
            if (!closed.get()) {
                loop.put(event);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The host is closing.
        }
    }

    private void died(Throwable cause) {
        if (closed.compareAndSet(false, true)) {
            stop();
            died.accept(cause);
        }
    }

    /// Keeps the table and leaves the DHT; whoever waits for a query gets nothing.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            keepTable();
            stop();
        }
    }

    private void keepTable() {
        try {
            if (loop.offer(new Event.Leave())) {
                known.save(table.get(LEAVE_MAX.toMillis(), TimeUnit.MILLISECONDS));
            }
        } catch (TimeoutException | ExecutionException e) {
            log.debug("the table is not kept as it is", e); // An older one is.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The caller is in a hurry.
        }
    }

    private void stop() {
        host.unhandle(PROTOCOL);
        loop.close();
        members.are(List.of());
        threads.shutdownNow();
        queries.values().forEach(waiting -> waiting.complete(Found.NOTHING));
    }
}
