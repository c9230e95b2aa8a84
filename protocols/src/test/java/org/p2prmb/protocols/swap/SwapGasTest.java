package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.Signatures;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What becomes of swaps whose redeem cannot be paid for.
final class SwapGasTest {
    private static final Terms TERMS = Swaps.TERMS;
    private static final Swap BUYING = new BuyerSwap.Countersigned(Swaps.deal(TERMS));

    private static final Terms SECOND =
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

    private final FakeLedger a = new FakeLedger("test:a");
    private final FakeLedger b = new FakeLedger("test:b");
    private final Map<Bytes, Bytes> disk = new LinkedHashMap<>();
    private SwapEngine engine = engine();
    private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();

    @BeforeEach
    void listen() {
        warnings.start();
        logger().addAppender(warnings);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(warnings);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SwapSigner.class);
    }

    private SwapEngine engine() {
        var journal =
                new SwapJournal() {
                    @Override
                    public void save(Bytes swap, Bytes state) {
                        disk.put(swap, state);
                    }

                    @Override
                    public void forget(Bytes swap) {}

                    @Override
                    public Map<Bytes, Bytes> load() {
                        return disk;
                    }
                };
        return new SwapEngine(
                journal,
                chain -> chain.equals(a.chain()) ? a : b,
                _ -> Optional.of(Swaps.SECRET),
                (_, _) -> {},
                Signatures.REAL);
    }

    private Swap swap() {
        return engine.find(TERMS.id()).orElseThrow();
    }

    private List<String> warned() {
        return warnings.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void nothingIsBegunThatCouldNotBeEnded() {
        var selling = new SellerSwap.Selected(Swaps.deal(TERMS), Swaps.lock("a"));
        for (var poor : List.of(a, b)) {
            poor.accounts = 0;
            for (var first : List.of(BUYING, selling)) {
                assertThatThrownBy(() -> engine.open(first, Swaps.START))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("no gas on " + poor.chain());
            }
            poor.accounts = 1;
        }
        assertThat(engine.swaps()).isEmpty();
        engine.open(BUYING, Swaps.START);
        assertThat(engine.swaps()).hasSize(1);
    }

    @Test
    void eachOpenSwapHasAnAccountForItself() {
        engine.open(BUYING, Swaps.START);
        var another = new BuyerSwap.Countersigned(Swaps.deal(SECOND));
        a.accounts = 1;
        assertThatThrownBy(() -> engine.open(another, Swaps.START)).hasMessageContaining("no gas");
        engine.withdraw(TERMS.id(), Swaps.START);
        engine.open(another, Swaps.START);
        assertThat(engine.find(SECOND.id())).contains(another);
    }

    @Test
    void aBuyerWhoseGasIsGoneDoesNotLockAndSaysSoOnce() {
        engine.open(BUYING, Swaps.START);
        a.accounts = 0;
        a.view = new LockView.Locked(2);
        for (int look = 0; look < 3; look++) {
            engine.look(Swaps.START);
        }
        assertThat(swap()).isEqualTo(BUYING);
        assertThat(b.sent).isEmpty();
        assertThat(warned()).singleElement().asString().endsWith("not locked: no gas on test:a");
        a.accounts = 1;
        engine.look(Swaps.START);
        engine.look(Swaps.START);
        assertThat(b.sent).isEqualTo(Swaps.lock("b").steps());
    }

    @Test
    void aRedeemThatCannotBeSignedIsWarnedOfOnceAndTriedOn() {
        engine.open(BUYING, Swaps.START);
        a.view = new LockView.Locked(2);
        engine.look(Swaps.START);
        b.view = new LockView.Locked(1);
        engine.look(Swaps.START);
        b.view = new LockView.Redeemed(Swaps.SECRET, 1);
        a.accounts = 0;
        for (int look = 0; look < 3; look++) {
            engine.look(Swaps.START);
        }
        assertThat(swap()).isInstanceOf(BuyerSwap.SecretKnown.class);
        assertThat(a.sent).isEmpty();
        assertThat(warned()).singleElement().asString().endsWith("waits: no gas on test:a");
        a.accounts = 1;
        engine.look(Swaps.START);
        assertThat(a.sent).containsExactly(Swaps.tx("redeem"));
    }

    private static BuyerSwap.SecretKnown known(Terms terms, List<SignedTx> redeems) {
        return new BuyerSwap.SecretKnown(
                Swaps.deal(terms), Swaps.lock("b"), List.of(), Swaps.SECRET, redeems);
    }

    private void restart(Swap... swaps) {
        for (var swap : swaps) {
            disk.put(swap.deal().terms().id(), SwapCodec.encode(swap, Timeline.EMPTY));
        }
        engine = engine();
    }

    @Test
    void whatAnotherSwapRedeemsWithIsLeftAlone() {
        restart(known(SECOND, List.of(Swaps.tx("other"))), known(TERMS, List.of()));
        engine.look(Swaps.START);
        assertThat(a.taken).containsExactly(Swaps.tx("other"));
        assertThat(a.sent).contains(Swaps.tx("redeem"));
    }

    @Test
    void aRedeemThatIsSpoiltIsSignedAnewOnceAndTheNewOneIsSent() {
        restart(known(TERMS, List.of(Swaps.tx("old"))));
        a.view = new LockView.Locked(2);
        engine.look(Swaps.START);
        assertThat(a.sent).containsOnly(Swaps.tx("old"));
        a.renewed = Optional.of(Swaps.tx("new"));
        a.sent.clear();
        engine.look(Swaps.START);
        engine.look(Swaps.START);
        assertThat(a.sent).containsOnly(Swaps.tx("new"));
        assertThat(engine().find(TERMS.id())).contains(known(TERMS, List.of(Swaps.tx("new"))));
        a.view = new LockView.Redeemed(Swaps.SECRET, 1);
        a.renewed = Optional.of(Swaps.tx("needless"));
        engine.look(Swaps.START);
        assertThat(swap()).isEqualTo(known(TERMS, List.of(Swaps.tx("new"))));
    }

    /// Signing anew does not show the secret when it is too late for that (R13).
    @Test
    void aSellerSignsAnewAndRevealsInTimeOnly() {
        var deal = Swaps.deal(TERMS);
        var old = List.of(Swaps.tx("old"));
        var revealing =
                new SellerSwap.Revealing(deal, Swaps.lock("a"), Bytes.utf8("lock b"), old, false);
        a.view = new LockView.Locked(2);
        b.view = new LockView.Locked(2);
        b.renewed = Optional.of(Swaps.tx("new"));
        restart(revealing);
        var late = TERMS.deadlines().revealBy().plusSeconds(1);
        engine.look(late);
        assertThat(swap().redeems()).containsExactly(Swaps.tx("new"));
        assertThat(b.sent).isEmpty();
        restart(revealing);
        engine.look(Swaps.START);
        assertThat(b.sent).containsOnly(Swaps.tx("new"));
    }

    /// There a signed redeem would be taken for one that may be sent.
    @Test
    void whoTakesItsCoinsBackSignsNoRedeemAnew() {
        var refunding =
                new SellerSwap.Refunding(
                        Swaps.deal(TERMS),
                        Swaps.lock("a"),
                        Bytes.utf8("lock b"),
                        List.of(Swaps.tx("old")));
        a.view = new LockView.Locked(2);
        b.view = new LockView.Locked(2);
        b.renewed = Optional.of(Swaps.tx("new"));
        restart(refunding);
        engine.look(TERMS.deadlines().refundA());
        assertThat(swap()).isEqualTo(refunding);
        assertThat(b.sent).isEmpty();
    }
}
