package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.node.swap.LockTime;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Rate;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secrets;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What becomes of lots whose seller says that it has made the contract.
final class WinningsTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final BigInteger LOT = BigInteger.valueOf(1_000_000);

    private final KeyPair seller = keys("seller");
    private final KeyPair buyer = keys("buyer");
    private final PaperSettlement settlement = new PaperSettlement(seller.peerId());
    private final Purchases purchases = new Purchases(Instant.MIN);
    private final Offer offer =
            new Offer(
                    seller.peerId(),
                    Trader.BTC,
                    Trader.TFT,
                    LOT,
                    100_000,
                    1,
                    Policy.bestPrice(Trader.FLOOR),
                    START,
                    START.plusSeconds(3_600));

    @TempDir private Path directory;

    private Instant now = START;
    private TcpHost host;
    private GossipSub gossip;
    private Winnings winnings;

    private static KeyPair keys(String name) {
        return KeyPair.ed25519(Canonical.domain("test/keys").text(name).sha256());
    }

    private final class Clocks implements Chains {
        @Override
        public List<Asset> assets() {
            return List.of(Trader.BTC, Trader.TFT);
        }

        @Override
        public Ledger ledger(String chain) throws LedgerException {
            throw new LedgerException("no node of " + chain);
        }

        @Override
        public Secrets secrets() {
            return _ -> Optional.empty();
        }

        @Override
        public InstantSource clock() {
            return () -> now;
        }

        @Override
        public void close() {}
    }

    private static final class NoGrievances implements Surroundings.Grievances {
        @Override
        public void proven(WindowFault fault) {}

        @Override
        public void doubted(PeerId peer) {}
    }

    private static final class NoShops implements Surroundings.Shopfront {
        @Override
        public void show(Set<Offering> offerings) {}

        @Override
        public List<Surroundings.Seller> find(SearchCondition condition) {
            return List.of();
        }
    }

    private static boolean run(Surroundings.Errand errand) {
        try {
            errand.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    /// The buyer has claimed its lot, and the seller says that the contract is made.
    @BeforeEach
    void claim() throws IOException {
        var listen = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        host = TcpHost.start(HostConfig.defaults(buyer).withListen(listen));
        gossip = GossipSub.start(host, GossipConfig.defaults());
        var with =
                new Surroundings(
                        host,
                        gossip,
                        directory,
                        new Clocks(),
                        settlement,
                        _ -> new Surroundings.Opinion(1, 0, false),
                        new FreeIdentities(),
                        _ -> {
                            throw new IOException("nobody answers");
                        },
                        new NoShops(),
                        (_, _, _) -> new LockTime(Duration.ofHours(2), Duration.ofHours(1)),
                        WinningsTest::run,
                        Runnable::run,
                        new NoGrievances(),
                        _ -> {});
        winnings = new Winnings(with, purchases);
        var request =
                new BuyRequest(
                        buyer.peerId(), Trader.BTC, Trader.TFT, 1, START, START.plusSeconds(600));
        var price = Trader.FLOOR.units();
        purchases.add(new Purchase.Order(request, new Rate(LOT, price), price, 0), now);
        var closesAt = START.plusSeconds(10);
        var open =
                new WindowOpen(
                        seller.peerId(),
                        offer.id(),
                        1,
                        START,
                        closesAt,
                        closesAt.plus(WindowOpen.ROOT_WITHIN).plus(WindowOpen.BEACON_AFTER),
                        offer.policy(),
                        Canonical.domain("nonce").sha256(),
                        Trader.BTC.chain());
        var signed = Form.OPEN.seal(open, seller);
        var _ = purchases.bid(signed, _ -> Optional.of(Attempt.of(signed, offer, Trader.FLOOR, 1)));
        purchases.update(open.window(), bid -> bid.with(State.WON, 1, ""));
        winnings.sweep(now);
        purchases.update(open.window(), won -> won.with(State.CONTRACTED, 1, ""));
    }

    @AfterEach
    void close() {
        gossip.close();
        host.close();
    }

    private Attempt attempt() {
        for (var state : State.values()) {
            for (var found : purchases.in(state)) {
                return found;
            }
        }
        throw new AssertionError("no bid");
    }

    /// Or it would be waited for, and its coins be kept from other sellers, for ever.
    @Test
    void aContractThatDoesNotComeInTimeIsGivenUp() {
        now = START.plus(Claims.TIME);
        winnings.sweep(now);
        assertThat(attempt().state()).isEqualTo(State.CONTRACTED);
        assertThat(purchases.pendingCost(Trader.TFT)).isEqualTo(Trader.FLOOR.units());
        now = now.plus(Duration.ofSeconds(1));
        winnings.sweep(now);
        assertThat(attempt().state()).isEqualTo(State.UNCLAIMED);
        assertThat(purchases.pendingCost(Trader.TFT)).isZero();
    }

    /// The wish may be over before the time of the claim is.
    @Test
    void aContractThatWasRefusedAndIsOverIsGivenUpAtOnceWithItsReason() {
        assertThat(settlement.expected()).hasSize(1);
        settlement.refusal("hold-max is 1 BTC");
        winnings.sweep(now);
        assertThat(attempt().state()).isEqualTo(State.UNCLAIMED);
        assertThat(attempt().note()).isEqualTo("hold-max is 1 BTC");
        assertThat(purchases.pendingCost(Trader.TFT)).isZero();
        // Or the seller could have it signed once other lots are bought.
        assertThat(settlement.expected()).isEmpty();
    }

    @Test
    void oneThatIsSignedIsFoundHoweverLate() {
        var sold = Sale.sold(attempt().window(), offer, Trader.FLOOR, 1, 1);
        var swap = settlement.sell(sold, buyer.peerId(), Bytes.utf8("a"), Bytes.utf8("b"));
        now = START.plus(Claims.TIME).plusSeconds(60);
        winnings.sweep(now);
        assertThat(attempt().swap()).isEqualTo(swap);
        assertThat(purchases.pendingCost(Trader.TFT)).isZero();
    }
}
