package org.p2prmb.ledgers.stellar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.stellar.StellarTx.Op;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Alice locks for Bob in an account, with signers and time bounds for all that she has.
final class StellarLedgerTest {
    private static final Secret SECRET = new Secret(seed("secret"));
    private static final long COINS = 1_000_000_000;
    private static final long AMOUNT = COINS / 2;

    private final KeyPair bobsKey = KeyPair.ed25519(seed("bob"));
    private final StellarChain chain = new StellarChain(Instant.parse("2026-01-01T00:00:00Z"));
    private final StellarLedger alice = wallet(KeyPair.ed25519(seed("alice")));
    private final StellarLedger bob = wallet(bobsKey);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static Bytes seed(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    private StellarLedger wallet(KeyPair key) {
        var raw = key.publicKey().raw();
        var escrow = KeyPair.ed25519(raw);
        chain.create(raw, COINS);
        chain.create(escrow.publicKey().raw(), 2 * StellarChain.RESERVE);
        return new StellarLedger(chain, key, List.of(escrow));
    }

    @BeforeEach
    void close() {
        now = now.plusSeconds(5);
        chain.close(now);
    }

    private Leg leg() {
        return new Leg(
                StellarLedger.COIN,
                BigInteger.valueOf(AMOUNT),
                alice.template(StellarLedger.COIN),
                bob.party(0),
                alice.party(0),
                Instant.parse("2026-01-01T01:00:00Z"),
                1);
    }

    private SignedLock locked(Leg leg, Bytes hash) throws LedgerException {
        var lock = alice.sign(leg, hash, 0, List.of());
        lock.steps().forEach(alice::send);
        assertThat(view(leg, hash, lock)).isEqualTo(new LockView.Pending());
        close();
        assertThat(view(leg, hash, lock)).isEqualTo(new LockView.Locked(1));
        return lock;
    }

    /// As Bob's node shows it.
    private LockView view(Leg leg, Bytes hash, SignedLock lock) throws LedgerException {
        return bob.view(leg, hash, lock.ref(), 0, List.of());
    }

    @Test
    void theSecretOpensItWithTheRedeemersKeyAlone() throws LedgerException {
        var leg = leg();
        var lock = locked(leg, SECRET.hash());
        var redemption = new Redemption(leg, lock.ref(), SECRET, 0);
        var presigned = bob.presignRedeem(leg, SECRET.hash(), lock.ref(), 0);
        presigned.forEach(bob::send);
        close();
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Locked(2));
        alice.redeem(redemption, List.of(), List.of()).forEach(alice::send);
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Locked(2));
        bob.redeem(redemption, presigned, List.of()).forEach(bob::send);
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        close();
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(bob.balance(StellarLedger.COIN)).isGreaterThan(BigInteger.valueOf(COINS));
    }

    @Test
    void theRefundIsGoodFromItsTimeOn() throws LedgerException {
        var leg = leg();
        var lock = locked(leg, SECRET.hash());
        lock.refunds().forEach(alice::send);
        close();
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Locked(2));
        now = leg.refundAt().minus(Duration.ofSeconds(5));
        close();
        lock.refunds().forEach(alice::send);
        close();
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Refunded(1));
    }

    @Test
    void whatTakesItsNumberCallsALockOff() throws LedgerException {
        var leg = leg();
        var lock = alice.sign(leg, SECRET.hash(), 0, List.of());
        lock.steps().forEach(alice::send);
        alice.send(lock.cancels().getFirst());
        close();
        lock.steps().forEach(alice::send);
        close();
        assertThat(alice.view(leg, SECRET.hash(), lock.ref(), 0, lock.inputs()))
                .isEqualTo(new LockView.Lost(2));
        assertThat(view(leg, SECRET.hash(), lock)).isEqualTo(new LockView.Absent());
    }

    @Test
    void aLockOfOtherTermsIsNone() throws LedgerException {
        var leg = leg();
        var lock = locked(leg, SECRET.hash());
        var later =
                new Leg(
                        leg.asset(),
                        leg.amount(),
                        leg.template(),
                        leg.redeemTo(),
                        leg.refundTo(),
                        leg.refundAt().plusSeconds(1),
                        leg.depth());
        var more =
                new Leg(
                        leg.asset(),
                        leg.amount().add(BigInteger.ONE),
                        leg.template(),
                        leg.redeemTo(),
                        leg.refundTo(),
                        leg.refundAt(),
                        leg.depth());
        assertThat(view(later, SECRET.hash(), lock)).isEqualTo(new LockView.Absent());
        assertThat(view(more, SECRET.hash(), lock)).isEqualTo(new LockView.Absent());
        assertThat(view(leg, seed("other"), lock)).isEqualTo(new LockView.Absent());
    }

    /// Why it must not be leg B: the seller redeems by what no chain that wants 32 bytes takes.
    @Test
    void moreThanASecretOpensItToo() throws LedgerException, NoSuchAlgorithmException {
        var longer = SECRET.value().concat(SECRET.value());
        var hash = Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(longer.toArray()));
        var leg = leg();
        var lock = locked(leg, hash);
        var redeem =
                StellarTx.of(
                                lock.ref(),
                                chain.account(lock.ref()).orElseThrow().number() + 1,
                                0,
                                List.of(Op.merge(lock.ref(), bob.party(0))))
                        .signed(bobsKey)
                        .with(longer)
                        .paidBy(bobsKey, 100);
        assertThat(chain.submit(redeem)).isTrue();
        close();
        assertThat(bob.balance(StellarLedger.COIN)).isGreaterThan(BigInteger.valueOf(COINS));
        assertThatThrownBy(() -> view(leg, hash, lock))
                .isInstanceOf(LedgerException.class)
                .hasMessage("a lock is opened by what is no secret of 32 bytes");
        assertThat(bob.bindsSecretSize()).isFalse();
    }
}
