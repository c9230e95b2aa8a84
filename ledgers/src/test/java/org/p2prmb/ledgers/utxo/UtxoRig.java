package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// Two new wallets on a chain: Alice has two coins of 2 LTC and locks, Bob redeems.
final class UtxoRig {
    static final long LTC = 100_000_000;
    static final Secret SECRET = new Secret(Bytes.utf8("a secret of exactly 32 bytes ..."));
    static final Bytes HASH = SECRET.hash();
    static final long INDEX = 7;

    final Litecoind chain;
    final UtxoKeys aliceKeys;
    final UtxoKeys bobKeys;
    final UtxoLedger alice;
    final UtxoLedger bob;

    /// @param number of the test on this chain, from which the keys come
    UtxoRig(Litecoind chain, int number) throws LedgerException {
        this.chain = chain;
        var settings = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
        aliceKeys = UtxoKeys.of(seed(2 * number), settings.chain());
        bobKeys = UtxoKeys.of(seed(2 * number + 1), settings.chain());
        alice = UtxoLedger.open(chain.rpc(), settings, aliceKeys);
        bob = UtxoLedger.open(chain.rpc(), settings, bobKeys);
        chain.pay(alice.address(), "2");
        chain.pay(alice.address(), "2");
    }

    private static Bytes seed(int of) {
        var seed = new byte[32];
        Arrays.fill(seed, (byte) of);
        return Bytes.wrap(seed);
    }

    static BigInteger units(long units) {
        return BigInteger.valueOf(units);
    }

    /// A leg from Alice to Bob that ends so many seconds after the chain's time.
    Leg leg(long amount, long seconds) throws LedgerException {
        return new Leg(
                alice.feeAsset(),
                units(amount),
                alice.template(alice.feeAsset()),
                bob.party(INDEX),
                alice.party(INDEX),
                Instant.ofEpochSecond(alice.tip().time().getEpochSecond() + seconds),
                2);
    }

    /// Alice's lock, in a block.
    SignedLock lock(Leg leg) throws LedgerException {
        var lock = alice.sign(leg, HASH, INDEX, List.of());
        mined(lock.steps().getFirst());
        return lock;
    }

    static Redemption redemption(Leg leg, SignedLock lock) {
        return new Redemption(leg, lock.ref(), SECRET, INDEX);
    }

    /// Bob's ladder that redeems a lock.
    List<SignedTx> redeems(Leg leg, SignedLock lock) throws LedgerException {
        return bob.redeem(redemption(leg, lock), List.of(), List.of());
    }

    void mined(SignedTx tx) throws LedgerException {
        alice.send(tx);
        chain.mine(1);
    }

    /// As Bob sees the lock, who knows nothing of its inputs.
    LockView bobSees(Leg leg, SignedLock lock) throws LedgerException {
        return bob.view(leg, HASH, lock.ref(), lock.since(), List.of());
    }

    LockView aliceSees(Leg leg, SignedLock lock) throws LedgerException {
        return alice.view(leg, HASH, lock.ref(), lock.since(), lock.inputs());
    }
}
