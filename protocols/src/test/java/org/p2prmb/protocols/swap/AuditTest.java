package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.identity.SignedEnvelope;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.swap.Deadlines.Margins;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a buyer signs, and what it does not.
final class AuditTest {
    private static final Margins MARGINS = Swaps.MARGINS;
    private static final Terms TERMS = Swaps.TERMS;
    private static final Deadlines DEADLINES = TERMS.deadlines();
    private static final Bytes REF = Bytes.utf8("lock a");

    private final FakeLedger a = new FakeLedger("test:a");
    private final FakeLedger b = new FakeLedger("test:b");

    private Optional<String> objection(Terms terms) throws LedgerException {
        return objection(terms, REF, Swaps.START);
    }

    private Optional<String> objection(Terms terms, Bytes ref, Instant now) throws LedgerException {
        var sold =
                new Audit.Sold(
                        Swaps.hash("window"),
                        TERMS.a().asset(),
                        BigInteger.TEN,
                        TERMS.b().asset(),
                        BigInteger.TEN,
                        100_000,
                        0);
        return Audit.objection(terms, ref, sold, a, b, MARGINS, now);
    }

    private static Terms with(Leg legA, Leg legB, Deadlines deadlines) {
        return new Terms(
                TERMS.window(),
                TERMS.seller(),
                TERMS.buyer(),
                legA,
                legB,
                TERMS.hash(),
                deadlines,
                TERMS.usdCents(),
                TERMS.created(),
                TERMS.validUntil());
    }

    private static Terms withA(UnaryOperator<Leg> change) {
        return with(change.apply(TERMS.a()), TERMS.b(), DEADLINES);
    }

    private static Leg leg(Leg of, Asset asset, BigInteger amount, Bytes template, Bytes redeemTo) {
        return new Leg(asset, amount, template, redeemTo, of.refundTo(), of.refundAt(), of.depth());
    }

    @Test
    void termsAsTheyWereAgreedAreSigned() throws LedgerException {
        assertThat(objection(TERMS)).isEmpty();
    }

    /// On leg A it does no harm: the secret that opens leg B has 32 bytes.
    @Test
    void aLegBThatOpensToMoreThanASecretIsRefused() throws LedgerException {
        a.bindsSecretSize = false;
        assertThat(objection(TERMS)).isEmpty();
        b.bindsSecretSize = false;
        assertThat(objection(TERMS))
                .contains("our lock would open to what opens none of the seller's");
    }

    /// Attack 37: another amount, asset, chain, script or recipient.
    @Test
    void anythingElseThanWasAgreedIsRefused() throws LedgerException {
        var asset = TERMS.a().asset();
        var token = new Asset(asset.chain(), asset.coin(), Bytes.utf8("token"), 8);
        var chain = new Asset("test:c", asset.coin(), Bytes.EMPTY, 8);
        var ten = BigInteger.TEN;
        var template = TERMS.a().template();
        var to = TERMS.a().redeemTo();
        assertThat(objection(withA(it -> leg(it, token, ten, template, to)))).isPresent();
        assertThat(objection(withA(it -> leg(it, chain, ten, template, to)))).isPresent();
        assertThat(objection(withA(it -> leg(it, asset, BigInteger.TWO, template, to))))
                .isPresent();
        assertThat(objection(withA(it -> leg(it, asset, ten, Swaps.hash("other"), to))))
                .contains("locks are made by something that we do not know");
        assertThat(objection(withA(it -> leg(it, asset, ten, template, Bytes.utf8("EVE")))))
                .contains("our own keys are not in it");
        assertThat(objection(TERMS, Bytes.utf8("lock c"), Swaps.START))
                .contains("the name of its lock is wrong");
    }

    /// Attack 37 and 38: time locks that are too tight, or too long.
    @Test
    void deadlinesThatAreTooTightOrTooLongAreRefused() throws LedgerException {
        var far = DEADLINES.refundA().plus(Deadlines.LOCKED_MAX);
        for (var refundA : new Instant[] {DEADLINES.refundA().minusSeconds(1), far}) {
            var deadlines =
                    new Deadlines(
                            DEADLINES.lockABy(),
                            DEADLINES.fundBBy(),
                            DEADLINES.lockBBy(),
                            DEADLINES.revealBy(),
                            DEADLINES.refundB(),
                            refundA);
            var of = TERMS.a();
            var legA =
                    new Leg(
                            of.asset(),
                            of.amount(),
                            of.template(),
                            of.redeemTo(),
                            of.refundTo(),
                            refundA,
                            of.depth());
            assertThat(objection(with(legA, TERMS.b(), deadlines)))
                    .contains("its deadlines are too tight, or too long");
        }
    }

    @Test
    void whatIsOverOrFromTheFutureIsRefused() throws LedgerException {
        assertThat(objection(TERMS, REF, TERMS.validUntil())).isPresent();
        assertThat(objection(TERMS, REF, Swaps.START.minusSeconds(3))).isPresent();
        assertThat(objection(TERMS, REF, Swaps.START.minusSeconds(2))).isEmpty();
    }

    /// Attack 37: a hash that anybody can redeem.
    @Test
    void aHashOfZerosIsNone() {
        var zeros = new Secret(Bytes.wrap(new byte[Secret.BYTES]));
        assertThat(Secret.isFit(zeros.hash())).isFalse();
        assertThat(Secret.isFit(Bytes.wrap(new byte[Secret.BYTES]))).isFalse();
        assertThat(Secret.isFit(Swaps.SECRET.hash())).isTrue();
        assertThatThrownBy(() -> new Secret(Bytes.wrap(new byte[31])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Attack 40: a contract, or its signature, in another place.
    @Test
    void aSignatureCountsForTheseTermsThisSignerAndThisStatementOnly() throws ProtocolException {
        var seller = Agents.keys(1);
        var signed = Deal.sign(TERMS, REF, seller, Signatures.REAL);
        Deal.verify(TERMS, REF, seller.peerId(), signed, Signatures.REAL);
        var others = withA(it -> leg(it, it.asset(), BigInteger.TWO, it.template(), it.redeemTo()));
        assertThatThrownBy(() -> Deal.verify(others, REF, seller.peerId(), signed, Signatures.REAL))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> Deal.verify(TERMS, REF, TERMS.buyer(), signed, Signatures.REAL))
                .isInstanceOf(ProtocolException.class);
        var otherRef = Bytes.utf8("another lock");
        assertThatThrownBy(() ->
                        Deal.verify(TERMS, otherRef, seller.peerId(), signed, Signatures.REAL))
                .isInstanceOf(ProtocolException.class);
        // What contracts sign, as another statement, and as one that calls itself a contract.
        var payload = StatementKind.CONTRACT.open(signed).payload();
        var elsewhere = StatementKind.REPORT.seal(seller, payload);
        var type = Bytes.utf8(StatementKind.CONTRACT.domain());
        var disguised =
                SignedEnvelope.seal(seller, StatementKind.REPORT.domain(), type, payload).encoded();
        var right = SignedEnvelope.seal(seller, StatementKind.CONTRACT.domain(), type, payload);
        Deal.verify(TERMS, REF, seller.peerId(), right.encoded(), Signatures.REAL);
        for (var other : List.of(elsewhere, disguised)) {
            assertThatThrownBy(
                            () -> Deal.verify(TERMS, REF, seller.peerId(), other, Signatures.REAL))
                    .isInstanceOf(ProtocolException.class);
        }
    }
}
