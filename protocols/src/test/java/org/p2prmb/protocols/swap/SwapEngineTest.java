package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.TermsCodec.Told;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the engine takes from whom, and in which order it saves and acts.
final class SwapEngineTest {
    private static final KeyPair SELLER = Agents.keys(1);
    private static final KeyPair BUYER = Agents.keys(2);
    private static final Terms TERMS = Swaps.TERMS;
    private static final SellerSwap SELECTED =
            new SellerSwap.Selected(Swaps.deal(TERMS), Swaps.lock("a"));

    private final FakeLedger a = new FakeLedger("test:a");
    private final FakeLedger b = new FakeLedger("test:b");
    private final Map<Bytes, Bytes> disk = new LinkedHashMap<>();
    private final List<Told> told = new ArrayList<>();
    private boolean isDiskBroken;
    private boolean areKeysLocked;

    private SwapEngine engine() {
        var journal =
                new SwapJournal() {
                    @Override
                    public void save(Bytes swap, Bytes state) {
                        if (isDiskBroken) {
                            throw new IllegalStateException("the disk is broken");
                        }
                        disk.put(swap, state);
                    }

                    @Override
                    public void forget(Bytes swap) {
                        disk.remove(swap);
                    }

                    @Override
                    public Map<Bytes, Bytes> load() {
                        return new LinkedHashMap<>(disk);
                    }
                };
        return new SwapEngine(
                journal,
                chain -> chain.equals(a.chain()) ? a : b,
                _ -> areKeysLocked ? Optional.empty() : Optional.of(Swaps.SECRET),
                (_, message) -> told.add(message),
                Signatures.REAL);
    }

    private static Told counterSign(KeyPair by) {
        return new Told(
                TERMS.id(),
                new SwapMessage.CounterSign(
                        Deal.sign(TERMS, Swaps.deal(TERMS).refA(), by, Signatures.REAL)));
    }

    @Test
    void nothingIsSentThatIsNotOnTheDisk() throws ProtocolException {
        var engine = engine();
        engine.open(SELECTED, Swaps.START);
        isDiskBroken = true;
        assertThatThrownBy(() -> engine.heard(BUYER.peerId(), counterSign(BUYER), Swaps.START))
                .hasMessage("the disk is broken");
        assertThat(a.sent).isEmpty();
        isDiskBroken = false;
        engine().heard(BUYER.peerId(), counterSign(BUYER), Swaps.START);
        assertThat(a.sent).isEqualTo(Swaps.lock("a").steps());
    }

    @Test
    void onlyTheOtherPartySaysAnythingAndOnlyWhatIsItsToSay() {
        var engine = engine();
        engine.open(SELECTED, Swaps.START);
        var eve = Agents.keys(9);
        for (var lie :
                List.of(
                        counterSign(SELLER),
                        counterSign(eve),
                        new Told(TERMS.id(), new SwapMessage.SecretIs(Swaps.SECRET)),
                        new Told(Swaps.hash("other"), new SwapMessage.LockB(Bytes.utf8("x"))))) {
            assertThatThrownBy(() -> engine.heard(BUYER.peerId(), lie, Swaps.START))
                    .isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> engine.heard(eve.peerId(), counterSign(BUYER), Swaps.START))
                .isInstanceOf(ProtocolException.class);
        assertThat(engine.find(TERMS.id())).contains(SELECTED);
        assertThat(a.sent).isEmpty();
    }

    /// Attack 39: two swaps with one hash.
    @Test
    void aHashThatASwapHadBeforeIsRefusedAlsoWhenThatIsOver() {
        var engine = engine();
        engine.open(SELECTED, Swaps.START);
        assertThatThrownBy(() -> engine.open(SELECTED, Swaps.START))
                .isInstanceOf(IllegalArgumentException.class);
        engine.withdraw(TERMS.id(), Swaps.START);
        assertThat(engine.find(TERMS.id()).orElseThrow().isOver()).isTrue();
        var later =
                new Terms(
                        Swaps.hash("another window"),
                        TERMS.seller(),
                        TERMS.buyer(),
                        TERMS.a(),
                        TERMS.b(),
                        TERMS.hash(),
                        TERMS.deadlines(),
                        TERMS.usdCents(),
                        TERMS.created(),
                        TERMS.validUntil());
        var again = new SellerSwap.Selected(Swaps.deal(later), Swaps.lock("a"));
        assertThatThrownBy(() -> engine().open(again, Swaps.START))
                .hasMessageContaining("hash was made before");
    }

    /// Attack 36, of many: the coins of one swap are not promised to a second one.
    @Test
    void whatIsNotThereOrPromisedAlreadyIsNotPromised() {
        b.balance = BigInteger.valueOf(15);
        var engine = engine();
        engine.open(new BuyerSwap.Countersigned(Swaps.deal(TERMS)), Swaps.START);
        assertThat(engine.reservations().amount(TERMS.b().asset())).isEqualTo(BigInteger.TEN);
        var second =
                new Terms(
                        Swaps.hash("another window"),
                        TERMS.seller(),
                        TERMS.buyer(),
                        TERMS.a(),
                        TERMS.b(),
                        Swaps.hash("another secret"),
                        TERMS.deadlines(),
                        TERMS.usdCents(),
                        TERMS.created(),
                        TERMS.validUntil());
        assertThatThrownBy(() ->
                        engine().open(new BuyerSwap.Countersigned(Swaps.deal(second)), Swaps.START))
                .hasMessageContaining("not enough");
        b.down = true;
        assertThat(engine().swaps()).hasSize(1);
    }

    /// Else they would be promised to a second swap until the first has them again.
    @Test
    void coinsThatTheChainGaveBackStayReservedUntilTheyAreLockedAgain() {
        var locked = new SellerSwap.Locked(Swaps.deal(TERMS), Swaps.lock("a"), Bytes.EMPTY);
        disk.put(TERMS.id(), SwapCodec.encode(locked, Timeline.EMPTY));
        var engine = engine();
        a.view = new LockView.Locked(2);
        engine.look(Swaps.START);
        assertThat(engine.reservations().amounts()).isEmpty();
        a.view = new LockView.Absent();
        engine.look(Swaps.START);
        assertThat(engine.reservations().amounts())
                .containsEntry(TERMS.a().asset(), TERMS.a().amount());
        a.view = new LockView.Locked(1);
        engine.look(Swaps.START);
        assertThat(engine.reservations().amounts()).isEmpty();
    }

    @Test
    void withLockedKeysASellerWaitsAndThenTakesItsCoinsBack() {
        var locked =
                new SellerSwap.Locked(Swaps.deal(TERMS), Swaps.lock("a"), Bytes.utf8("lock b"));
        disk.put(TERMS.id(), SwapCodec.encode(locked, Timeline.EMPTY));
        areKeysLocked = true;
        a.view = new LockView.Locked(2);
        b.view = new LockView.Locked(2);
        engine().look(Swaps.START);
        assertThat(b.sent).isEmpty();
        a.time = TERMS.deadlines().refundA();
        engine().look(TERMS.deadlines().refundA());
        assertThat(a.sent).isEqualTo(Swaps.lock("a").refunds());
        a.view = new LockView.Refunded(2);
        engine().look(TERMS.deadlines().refundA());
        assertThat(engine().find(TERMS.id()))
                .contains(new SellerSwap.Ended(locked.deal(), Outcome.REFUNDED));
    }

    @Test
    void aLockThatTheChainLostIsNotTakenBackForEver() {
        var deal = Swaps.deal(TERMS);
        var now = TERMS.deadlines().refundA();
        var lost = new LockView.Lost(2);
        a.time = now;
        a.view = lost;
        b.time = now;
        b.view = lost;
        for (var swap :
                List.of(
                        new SellerSwap.Refunding(deal, Swaps.lock("a"), Bytes.EMPTY, List.of()),
                        new BuyerSwap.Refunding(deal, Swaps.lock("b"), List.of()))) {
            disk.clear();
            disk.put(TERMS.id(), SwapCodec.encode(swap, Timeline.EMPTY));
            var engine = engine();
            engine.look(now);
            engine.look(now);
            assertThat(engine.find(TERMS.id()).orElseThrow().isOver()).isTrue();
        }
        assertThat(a.sent).isEmpty();
        assertThat(b.sent).isEmpty();
    }

    /// An open swap is kept however many end after it.
    @Test
    void ofThoseThatAreOverTheOldestAreForgottenAndNoneThatIsOpen() {
        var open = new SellerSwap.Locked(Swaps.deal(TERMS), Swaps.lock("a"), Bytes.EMPTY);
        disk.put(TERMS.id(), SwapCodec.encode(open, Timeline.EMPTY));
        var over =
                SwapCodec.encode(
                        new SellerSwap.Ended(Swaps.deal(TERMS), Outcome.SETTLED), Timeline.EMPTY);
        var swaps = SwapEngine.OPEN_MAX + SwapEngine.OVER_MAX + 10;
        for (int number = 1; number < swaps; number++) {
            disk.put(Swaps.hash("swap " + number), over);
        }
        assertThat(engine().swaps()).hasSize(SwapEngine.OPEN_MAX + SwapEngine.OVER_MAX);
        assertThat(disk)
                .hasSize(SwapEngine.OPEN_MAX + SwapEngine.OVER_MAX)
                .containsKey(TERMS.id())
                .doesNotContainKey(Swaps.hash("swap 1"));
    }

    @Test
    void messagesAndStatesAreReadAsTheyWereWritten() throws ProtocolException {
        var deal = Swaps.deal(TERMS);
        var lock = Swaps.lock("a");
        var redeems = List.of(Swaps.tx("redeem"));
        var ref = Bytes.utf8("lock b");
        for (var swap :
                List.of(
                        SELECTED,
                        new SellerSwap.LockReady(deal, lock, ref),
                        new SellerSwap.Cancelling(deal, lock, Bytes.EMPTY),
                        new SellerSwap.Locked(deal, lock, ref),
                        new SellerSwap.Revealing(deal, lock, ref, redeems, true),
                        new SellerSwap.Refunding(deal, lock, ref, redeems),
                        new SellerSwap.Ended(deal, Outcome.LOST),
                        new BuyerSwap.Countersigned(deal),
                        new BuyerSwap.LockReady(deal, lock, redeems),
                        new BuyerSwap.Cancelling(deal, lock, redeems),
                        new BuyerSwap.Locked(deal, lock, redeems),
                        new BuyerSwap.SecretKnown(deal, lock, redeems, Swaps.SECRET, redeems),
                        new BuyerSwap.Refunding(deal, lock, redeems),
                        new BuyerSwap.Ended(deal, Outcome.SETTLED))) {
            assertThat(SwapCodec.decode(SwapCodec.encode(swap, Timeline.EMPTY))).isEqualTo(swap);
        }
        for (var message :
                List.of(
                        new SwapMessage.Accept(TERMS, Bytes.utf8("signed"), ref),
                        new SwapMessage.CounterSign(Bytes.utf8("signed")),
                        new SwapMessage.LockB(ref),
                        new SwapMessage.SecretIs(Swaps.SECRET))) {
            var wire = TermsCodec.encode(new Told(TERMS.id(), message));
            assertThat(TermsCodec.decode(wire)).isEqualTo(new Told(TERMS.id(), message));
        }
    }
}
