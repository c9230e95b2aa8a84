package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.exchange.Purchase.Order;
import org.p2prmb.node.exchange.Surroundings.Opinion;
import org.p2prmb.node.swap.LockTime;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.Rate;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secrets;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An exchange on a real host over loopback, with chains that have blocks only and contracts on
/// paper.
final class Trader implements AutoCloseable {
    static final Asset BTC = new Asset("bip122:test", "BTC", Bytes.EMPTY, 8);
    static final Asset TFT = new Asset("eip155:31337", "TFT", Bytes.hex("aabb"), 7);
    static final Price FLOOR = Price.of(4_000);
    static final Duration WINDOW = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Opinion GOOD = new Opinion(0.5, 1_000_000_000, false);

    private final KeyPair keys;
    private final Path data;
    private final Map<String, ClockLedger> ledgers;
    private final TcpHost host;
    private final GossipSub gossip;
    private final PaperSettlement settlement;
    private final ExecutorService errands = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService disk = Executors.newSingleThreadExecutor();
    private final List<WindowFault> accusations = new ArrayList<>();
    private final Set<PeerId> doubts = ConcurrentHashMap.newKeySet();
    private final Map<PeerId, Opinion> opinions = new ConcurrentHashMap<>();
    private final Map<PeerId, List<Multiaddr>> known = new ConcurrentHashMap<>();
    private final Exchange exchange;

    private Trader(
            KeyPair keys, Path data, PaperSettlement settlement, Map<String, ClockLedger> ledgers)
            throws IOException {
        this.keys = keys;
        this.data = data;
        this.settlement = settlement;
        this.ledgers = ledgers;
        var listen = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        host = TcpHost.start(HostConfig.defaults(keys).withListen(listen));
        gossip = GossipSub.start(host, GossipConfig.defaults());
        var with =
                new Surroundings(
                        host,
                        gossip,
                        data,
                        new Blocks(),
                        settlement,
                        peer -> opinions.getOrDefault(peer, GOOD),
                        new FreeIdentities(),
                        this::reach,
                        new Shops(),
                        (_, _, _) -> new LockTime(Duration.ofHours(2), Duration.ofHours(1)),
                        this::start,
                        disk::execute,
                        new Heard(),
                        cause -> {
                            throw new AssertionError("the exchange died", cause);
                        });
        exchange = Exchange.start(with, new Exchange.Bounds(64, 64));
    }

    /// A trader with a new key; both chains are those of `clock`.
    static Trader start(KeyPair keys, Path data) throws IOException {
        var clock = Clock.systemUTC();
        return new Trader(
                keys,
                data,
                new PaperSettlement(keys.peerId()),
                Map.of(
                        BTC.chain(),
                        new ClockLedger(BTC, clock),
                        TFT.chain(),
                        new ClockLedger(TFT, clock)));
    }

    /// The same trader after its end, with its contracts and what is on its disk.
    Trader again() throws IOException {
        settlement.forgetListeners();
        return new Trader(keys, data, settlement, ledgers);
    }

    private final class Blocks implements Chains {
        @Override
        public List<Asset> assets() {
            return List.of(BTC, TFT);
        }

        @Override
        public Ledger ledger(String chain) throws LedgerException {
            var ledger = ledgers.get(chain);
            if (ledger == null) {
                throw new LedgerException("no node of " + chain);
            }
            return ledger;
        }

        @Override
        public Secrets secrets() {
            return _ -> Optional.empty();
        }

        @Override
        public InstantSource clock() {
            return Clock.systemUTC();
        }

        @Override
        public void close() {}
    }

    private final class Shops implements Surroundings.Shopfront {
        @Override
        public void show(Set<Offering> offerings) {
            shown = offerings;
        }

        @Override
        public List<Surroundings.Seller> find(SearchCondition condition) {
            return found.stream()
                    .map(seller -> new Surroundings.Seller(seller.peer(), seller.shown()))
                    .toList();
        }
    }

    private int offers; // Each is made at a moment of its own, or two would have one name.
    private volatile Set<Offering> shown = Set.of();
    private volatile List<Trader> found = List.of();

    /// What a search finds from now on.
    void finds(Trader seller) {
        known.put(seller.peer(), seller.host.listenAddresses());
        found = List.of(seller);
    }

    Set<Offering> shown() {
        return shown;
    }

    private Connection reach(PeerId peer) throws IOException {
        var open = host.connections(peer);
        return open.isEmpty()
                ? host.connect(peer, known.getOrDefault(peer, List.of()), PATIENCE)
                : open.getLast();
    }

    private boolean start(Surroundings.Errand errand) {
        errands.execute(() -> {
            try {
                errand.run();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // Closed.
            }
        });
        return true;
    }

    private final class Heard implements Surroundings.Grievances {
        @Override
        public void proven(WindowFault fault) {
            synchronized (Trader.this) {
                accusations.add(fault);
            }
        }

        @Override
        public void doubted(PeerId peer) {
            doubts.add(peer);
        }
    }

    /// Who let us wait too often.
    Set<PeerId> doubts() {
        return Set.copyOf(doubts);
    }

    synchronized List<WindowFault> accusations() {
        return List.copyOf(accusations);
    }

    void thinks(Trader of, Opinion opinion) {
        opinions.put(of.peer(), opinion);
    }

    /// How many that we are connected with are in the topic of the pair.
    int listeners() {
        return gossip.peers(Pair.of(BTC, TFT).topic()).size();
    }

    /// Hears nothing by gossip any more.
    void leaveTopics() {
        gossip.close();
    }

    PeerId peer() {
        return keys.peerId();
    }

    TcpHost host() {
        return host;
    }

    Exchange exchange() {
        return exchange;
    }

    PaperSettlement settlement() {
        return settlement;
    }

    ClockLedger ledger(Asset asset) {
        return ledgers.get(asset.chain());
    }

    void connect(Trader other) throws IOException {
        known.put(other.peer(), other.host.listenAddresses());
        var _ = host.connect(other.peer(), other.host.listenAddresses(), PATIENCE);
    }

    /// Reaches the other over this line only.
    void connect(Trader other, DelayedLine line) throws IOException {
        var address = List.of(line.address());
        known.put(other.peer(), address);
        var _ = host.connect(other.peer(), address, PATIENCE);
    }

    /// Offers lots of 0.01 BTC from 4000 units each.
    OwnOffer sell(int lots, boolean confirm) {
        return sell(lots, confirm, WINDOW);
    }

    OwnOffer sell(int lots, boolean confirm, Duration window) {
        var now = Instant.ofEpochMilli(System.currentTimeMillis() + offers++);
        var offer =
                new Offer(
                        peer(),
                        BTC,
                        TFT,
                        BigInteger.valueOf(1_000_000),
                        100_000,
                        lots,
                        Policy.bestPrice(FLOOR),
                        now,
                        now.plusSeconds(3_600));
        var signed = exchange.sell(offer, window, confirm);
        return exchange.book().find(signed.statement().id()).orElseThrow();
    }

    /// What became of an offer.
    OwnOffer offer(OwnOffer own) {
        return exchange.book().find(own.id()).orElseThrow();
    }

    /// How many lots of it can be sold now.
    int left(OwnOffer own) {
        return offer(own).left(Instant.ofEpochMilli(System.currentTimeMillis()));
    }

    /// Buys lots at this price each; returns the purchase's number.
    String buy(int lots, long price) {
        var now = Instant.ofEpochMilli(System.currentTimeMillis());
        var request = new BuyRequest(peer(), BTC, TFT, lots, now, now.plusSeconds(3_600));
        var rate = new Rate(BigInteger.valueOf(1_000_000), BigInteger.valueOf(price));
        var order = new Order(request, rate, BigInteger.valueOf(price * lots), 0.3);
        return exchange.buy(order);
    }

    List<Purchase.Attempt> attempts(String purchase) {
        try {
            return exchange.purchases()
                    .view(purchase, -1, Duration.ZERO, Purchase::attempts)
                    .orElseThrow();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        exchange.close();
        gossip.close();
        host.close();
        errands.shutdownNow();
        disk.close();
    }
}
