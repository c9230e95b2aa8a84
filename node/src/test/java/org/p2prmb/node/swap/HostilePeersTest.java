package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage.Accept;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec.Told;

import java.math.BigInteger;
import java.time.Duration;

/// What strangers, liars and the too many tell a desk (attacks 36 to 40).
final class HostilePeersTest {
    private final DeskRig rig = new DeskRig();
    private final DeskRig.Party seller = rig.party("seller");
    private final DeskRig.Party buyer = rig.party("buyer");
    private final DeskRig.Party eve = rig.party("eve");

    @AfterEach
    void close() {
        rig.close();
    }

    /// What the seller says first, not yet heard.
    private Told accept(String window) throws LedgerException {
        rig.agree(seller, buyer, window);
        return seller.outbox.remove().told();
    }

    private void refusedFrom(DeskRig.Party from, Told told, String why) {
        assertThatThrownBy(() -> buyer.desk().heard(from.peer(), told))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aContractThatNobodyExpectsIsNotSigned() throws LedgerException {
        var parties = buyer.desk().parties(SimulatedTown.GOLD, SimulatedTown.CORN);
        seller.desk()
                .sell(
                        DeskRig.sold("never won", 0),
                        buyer.peer(),
                        parties.redeemTo(),
                        parties.refundTo());
        refusedFrom(seller, seller.outbox.remove().told(), "expected");
        assertThat(buyer.desk().swaps()).isEmpty();
    }

    @Test
    void aContractIsExpectedForATimeOnly() throws LedgerException {
        var told = accept("window");
        rig.town.skip(Duration.ofMinutes(11));
        refusedFrom(seller, told, "expected");
    }

    /// The buyer has bought elsewhere by then.
    @Test
    void aContractThatIsExpectedNoMoreIsNotSigned() throws LedgerException {
        var told = accept("window");
        buyer.desk().forgo(DeskRig.sold("window", 0).window(), seller.peer());
        refusedFrom(seller, told, "expected");
        assertThat(buyer.desk().swaps()).isEmpty();
    }

    @Test
    void nobodyElseBringsAContractOfTheSeller() throws LedgerException {
        var told = accept("window");
        refusedFrom(eve, told, "of others");
        var lie = new Told(Canonical.domain("other").sha256(), told.message());
        refusedFrom(seller, lie, "another name");
        assertThat(buyer.desk().swaps()).isEmpty();
    }

    /// Attack 38: the seller changes what was agreed, and signs that.
    @Test
    void alteredTermsAreRefusedAndRememberedForTheOwner() throws LedgerException {
        var told = accept("window");
        var accept = (Accept) told.message();
        var altered = altered(accept.terms(), accept.terms().b().amount().add(BigInteger.ONE));
        var signed = Deal.sign(altered, accept.refA(), seller.keys, Signatures.REAL);
        var lie = new Told(altered.id(), new Accept(altered, signed, accept.refA()));
        refusedFrom(seller, lie, "other terms than were agreed");
        assertThat(buyer.desk().swaps()).isEmpty();
        assertThat(buyer.desk().refused())
                .extracting(contract -> contract.why())
                .containsExactly("other terms than were agreed");
        refusedFrom(seller, lie, "refused before");
        // The true one is still welcome.
        assertThat(heard(seller, told)).isTrue();
    }

    private static Terms altered(Terms terms, BigInteger amountB) {
        var b = terms.b();
        var leg =
                new Leg(
                        b.asset(),
                        amountB,
                        b.template(),
                        b.redeemTo(),
                        b.refundTo(),
                        b.refundAt(),
                        b.depth());
        return new Terms(
                terms.window(),
                terms.seller(),
                terms.buyer(),
                terms.a(),
                leg,
                terms.hash(),
                terms.deadlines(),
                terms.usdCents(),
                terms.created(),
                terms.validUntil());
    }

    private boolean heard(DeskRig.Party from, Told told) {
        try {
            buyer.desk().heard(from.peer(), told);
            return true;
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    /// Attack 40: a signature of something else, or of somebody else.
    @Test
    void aContractThatTheSellerDidNotSignIsRefused() throws LedgerException {
        var told = accept("window");
        var accept = (Accept) told.message();
        var forged = Deal.sign(accept.terms(), accept.refA(), eve.keys, Signatures.REAL);
        refusedFrom(
                seller,
                new Told(told.swap(), new Accept(accept.terms(), forged, accept.refA())),
                "signed by somebody else");
        assertThat(buyer.desk().swaps()).isEmpty();
    }

    /// Attack 37: what was said once is said again.
    @Test
    void toHearEverythingTwiceChangesNothing() throws LedgerException {
        var told = accept("window");
        assertThat(heard(seller, told)).isTrue();
        var once = buyer.swap();
        assertThat(heard(seller, told)).isTrue();
        assertThat(buyer.swap()).isEqualTo(once);
        assertThat(buyer.desk().swaps()).hasSize(1);
    }

    @Test
    void nobodySpeaksInTheSwapsOfOthers() throws LedgerException {
        var told = accept("window");
        assertThat(heard(seller, told)).isTrue();
        refusedFrom(eve, new Told(told.swap(), new SwapMessage.LockB(Bytes.utf8("x"))), "others");
        refusedFrom(
                eve,
                new Told(Canonical.domain("x").sha256(), new SwapMessage.LockB(Bytes.utf8("x"))),
                "no such swap");
    }

    /// R34.
    @Test
    void noMoreIsInFlightWithAnybodyThanItsReputationAllows() throws LedgerException {
        seller.limitCents = DeskRig.LOT_CENTS;
        rig.agree(seller, buyer, "window");
        assertThatThrownBy(() -> rig.agree(seller, buyer, "another"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("may have 1000 USD in flight");
    }

    /// Decision 20.
    @Test
    void buyersWhoVanishFreezeTwoLocksAtMost() throws LedgerException {
        rig.agree(seller, buyer, "one");
        rig.agree(seller, eve, "two");
        assertThatThrownBy(() -> rig.agree(seller, buyer, "three"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 locks of ours wait");
    }

    /// R15.
    @Test
    void nothingIsOpenedWhileTheClocksDisagree() {
        rig.town.skip(Duration.ofHours(3));
        assertThatThrownBy(() -> rig.agree(seller, buyer, "window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the newest block of bip122:");
    }

    @Test
    void aSellerWithLockedKeysSellsNothing() {
        seller.wallet.locked = true;
        assertThatThrownBy(() -> rig.agree(seller, buyer, "window"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unlock");
    }
}
