package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.Beacon;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Leaf;
import org.p2prmb.protocols.exchange.MerkleTree;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.Standing;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowResult;
import org.p2prmb.protocols.exchange.WindowRoot;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secrets;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One chain with a block a second, sellers that name blocks of it, and a buyer that looks later.
final class BuriedBeaconsTest {
    private static final KeyPair SELLER = KeyPair.generate(new SecureRandom());
    private static final KeyPair OTHER = KeyPair.generate(new SecureRandom());
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final Bytes NONCE = Canonical.domain("nonce").sha256();

    private final Chain chain = new Chain();
    private final ClockLedger ledger = new ClockLedger(Trader.TFT, chain.clock());
    private final BuriedBeacons beacons = new BuriedBeacons(chain);
    private final List<WindowFault> accused = new ArrayList<>();
    private int windows;

    private final class Chain implements Chains {
        private Instant now = START;

        @Override
        public List<Asset> assets() {
            return List.of(Trader.TFT);
        }

        @Override
        public Ledger ledger(String name) {
            return ledger;
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

    /// A window whose beacon is the first block after now, as long as nobody lies.
    private WindowOpen window(PeerId seller) {
        var opened = chain.now.minusSeconds(20).minusMillis(500 + windows++);
        return new WindowOpen(
                seller,
                NONCE,
                1,
                opened,
                opened.plusSeconds(13),
                opened.plusSeconds(17),
                Policy.bestPrice(Price.of(1_000)),
                WindowOpen.nonceHash(NONCE),
                Trader.TFT.chain());
    }

    private Beacon block(long height) throws LedgerException {
        return Beacons.read(ledger, Trader.TFT.chain(), height).orElseThrow();
    }

    private long first(WindowOpen open) throws LedgerException {
        long height = ledger.tip().height();
        while (!block(height - 1).time().isBefore(open.beaconFrom())) {
            height--;
        }
        return height;
    }

    /// Nobody bid, so nothing but the beacon can be wrong.
    private static PublishedResult result(KeyPair by, WindowOpen open, Beacon beacon) {
        var bidder = new Leaf(NONCE, OTHER.peerId(), new Standing(5, false, 0));
        var root = new MerkleTree(List.of(bidder)).root();
        var result =
                new WindowResult(
                        Form.OPEN.seal(open, by),
                        Form.ROOT.seal(new WindowRoot(by.peerId(), open.window(), root, 1), by),
                        List.of(bidder),
                        NONCE,
                        beacon,
                        List.of(),
                        List.of(),
                        List.of());
        return PublishedResult.seal(result, by, Signatures.REAL);
    }

    private void pass(long seconds) {
        chain.now = chain.now.plusSeconds(seconds);
        beacons.check(accused::add);
    }

    /// A window that ends with another block than everybody has.
    private void stray(KeyPair by) throws LedgerException {
        var open = window(by.peerId());
        var right = block(first(open));
        var hash = Canonical.domain("stray").longNumber(windows).sha256();
        var wrong = new Beacon(right.chain(), right.height(), hash, right.time());
        beacons.add(result(by, open, wrong), chain.now);
        pass(10);
    }

    private void honest(KeyPair by) throws LedgerException {
        var open = window(by.peerId());
        beacons.add(result(by, open, block(first(open))), chain.now);
        pass(10);
    }

    @Test
    void theFirstBlockIsRight() throws LedgerException {
        var open = window(SELLER.peerId());
        beacons.add(result(SELLER, open, block(first(open))), chain.now);
        pass(0);
        assertThat(beacons.isIdle(chain.now)).as("before it is buried").isFalse();
        pass(BuriedBeacons.DEPTH);
        assertThat(beacons.isIdle(chain.now)).isTrue();
        assertThat(accused).isEmpty();
    }

    @Test
    void aLaterBlockIsALie() throws LedgerException {
        chain.now = chain.now.plusSeconds(3);
        var open = window(SELLER.peerId());
        chain.now = chain.now.plusSeconds(3);
        var first = first(open);
        var published = result(SELLER, open, block(first + 2));
        beacons.add(published, chain.now);
        pass(BuriedBeacons.DEPTH);
        assertThat(accused).containsExactly(new WindowFault.WrongBeacon(published, block(first)));
    }

    @Test
    void anotherTimeThanTheBlocksIsALie() throws LedgerException {
        var open = window(SELLER.peerId());
        var early = block(first(open) - 4);
        var named = new Beacon(early.chain(), early.height(), early.hash(), open.beaconFrom());
        var published = result(SELLER, open, named);
        beacons.add(published, chain.now);
        pass(BuriedBeacons.DEPTH);
        assertThat(accused).containsExactly(new WindowFault.WrongBeacon(published, early));
    }

    @Test
    void aBlockThatIsLostIsForgivenOnce() throws LedgerException {
        stray(SELLER);
        stray(OTHER);
        assertThat(accused).isEmpty();
        stray(SELLER);
        assertThat(accused).singleElement().isInstanceOf(WindowFault.WrongBeacon.class);
        assertThat(accused.getFirst().seller()).isEqualTo(SELLER.peerId());
    }

    @Test
    void manyWindowsOfOneLostBlockAreOneMisfortune() throws LedgerException {
        var hash = Canonical.domain("stray").sha256();
        for (var count = 0; count < 8; count++) {
            var open = window(SELLER.peerId());
            var right = block(first(open));
            var stray = new Beacon(right.chain(), right.height(), hash, right.time());
            beacons.add(result(SELLER, open, stray), chain.now);
        }
        pass(10);
        assertThat(beacons.isIdle(chain.now)).isTrue();
        assertThat(accused).isEmpty();
    }

    @Test
    void whoLosesFewOfManyIsUnlucky() throws LedgerException {
        for (var round = 0; round < 4; round++) {
            for (var right = 0; right < BuriedBeacons.STRAYS_ONE_IN; right++) {
                honest(SELLER);
            }
            stray(SELLER);
        }
        assertThat(accused).isEmpty();
        stray(SELLER);
        stray(SELLER);
        assertThat(accused).isNotEmpty();
    }

    @Test
    void aBlockThatNeverComesIsFoundOutByAnEarlierOne() throws LedgerException {
        for (var count = 0; count < 2; count++) {
            var open = window(SELLER.peerId());
            var far = ledger.tip().height() + 1_000_000;
            var named = new Beacon(Trader.TFT.chain(), far, NONCE, open.beaconFrom());
            beacons.add(result(SELLER, open, named), chain.now);
            pass(10);
        }
        assertThat(accused).hasSize(1);
        assertThat(beacons.isIdle(chain.now)).isTrue();
    }

    /// As a seller that wants to know the seed beforehand would.
    @Test
    void oneMadeUpBlockForManyWindowsIsNoMisfortune() throws LedgerException {
        var far = ledger.tip().height();
        var made = new Beacon(Trader.TFT.chain(), far, NONCE, chain.now.plusSeconds(1_000));
        for (var count = 0; count < 3; count++) {
            beacons.add(result(SELLER, window(SELLER.peerId()), made), chain.now);
            pass(10);
        }
        assertThat(accused).hasSize(1);
    }

    @Test
    void whatIsWrongWithoutAChainIsNotLookedAt() throws LedgerException {
        var open = window(SELLER.peerId());
        var right = block(first(open));
        var elsewhere = new Beacon(Trader.BTC.chain(), right.height(), NONCE, right.time());
        beacons.add(result(SELLER, open, elsewhere), chain.now);
        assertThat(beacons.pending()).isZero();
    }

    @Test
    void whatWaitsIsBoundedInNumberAndTime() throws LedgerException {
        ledger.stop();
        var block = new Beacon(Trader.TFT.chain(), 7, NONCE, chain.now.plusSeconds(60));
        for (var count = 0; count < 2 * BuriedBeacons.PENDING_MAX; count++) {
            beacons.add(result(SELLER, window(SELLER.peerId()), block), chain.now);
        }
        assertThat(beacons.pending()).isEqualTo(BuriedBeacons.PENDING_MAX);
        pass(1);
        assertThat(beacons.isIdle(chain.now)).isFalse();
        pass(BuriedBeacons.PENDING.toSeconds());
        assertThat(beacons.isIdle(chain.now)).isTrue();
        assertThat(accused).isEmpty();
    }
}
