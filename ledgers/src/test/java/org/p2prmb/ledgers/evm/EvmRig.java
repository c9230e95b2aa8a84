package org.p2prmb.ledgers.evm;

import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// A chain with the contract and three tokens, and two wallets on it: Alice locks, Bob redeems.
final class EvmRig implements AutoCloseable {
    static final int GAS_ACCOUNTS = 2;
    static final BigInteger ETHER = BigInteger.TEN.pow(18);
    static final long TFT = 10_000_000;
    static final Secret SECRET = new Secret(Bytes.utf8("a secret of exactly 32 bytes ..."));
    static final Bytes HASH = SECRET.hash();

    private static final int FEE_PERCENT = 1;

    final Anvil chain;
    final EvmSettings settings;
    final EvmKeys aliceKeys = EvmKeys.of(seed(1), seed(2));
    final EvmKeys bobKeys = EvmKeys.of(seed(3), seed(4));
    final EvmLedger alice;
    final EvmLedger bob;
    final Asset coin;
    final Asset tft;
    final Asset greedy;
    final Asset silent;

    private EvmRig(Anvil chain) throws LedgerException, IOException {
        this.chain = chain;
        var contract = chain.deployHtlc();
        var owner = aliceKeys.fundingAddress();
        tft = token("TFT", chain.deployToken(owner, 1_000 * TFT));
        greedy = token("GREEDY", chain.deployToken(owner, 1_000 * TFT, FEE_PERCENT, false));
        silent = token("SILENT", chain.deployToken(owner, 1_000 * TFT, 0, true));
        settings =
                new EvmSettings(
                        Anvil.CHAIN_ID,
                        "ETH",
                        contract,
                        List.of(tft, greedy, silent),
                        GAS_ACCOUNTS,
                        Duration.ofSeconds(12),
                        Duration.ofMinutes(5),
                        BigInteger.valueOf(1_000_000_000));
        for (var keys : List.of(aliceKeys, bobKeys)) {
            chain.setBalance(keys.fundingAddress(), ETHER.multiply(BigInteger.TEN));
            for (int number = 0; number < GAS_ACCOUNTS; number++) {
                chain.setBalance(keys.refunderAddress(number), ETHER);
                chain.setBalance(keys.redeemerAddress(number), ETHER);
            }
        }
        alice = EvmLedger.open(chain.rpc(), settings, aliceKeys);
        bob = EvmLedger.open(chain.rpc(), settings, bobKeys);
        coin = alice.feeAsset();
    }

    static EvmRig start() throws LedgerException, IOException {
        var chain = Anvil.start();
        try {
            return new EvmRig(chain);
        } catch (LedgerException | IOException | RuntimeException e) {
            chain.close();
            throw e;
        }
    }

    static Bytes seed(int of) {
        var seed = new byte[32];
        Arrays.fill(seed, (byte) of);
        return Bytes.wrap(seed);
    }

    private static Asset token(String name, Bytes address) {
        return new Asset("eip155:" + Anvil.CHAIN_ID, name, address, 7);
    }

    /// A leg from Alice to Bob that ends so many seconds after the newest block.
    Leg leg(Asset asset, BigInteger amount, long seconds) throws LedgerException {
        return new Leg(
                asset,
                amount,
                alice.template(asset),
                bob.party(1),
                alice.party(1),
                Instant.ofEpochSecond(alice.tip().time().getEpochSecond() + seconds),
                2);
    }

    /// Alice's lock, in a block.
    SignedLock lock(Leg leg) throws LedgerException {
        var lock = alice.sign(leg, HASH, 1, List.of());
        mined(lock.steps());
        return lock;
    }

    static Redemption redemption(Leg leg, SignedLock lock) {
        return new Redemption(leg, lock.ref(), SECRET, 1);
    }

    /// Bob's ladder that redeems a lock.
    List<SignedTx> redeems(Leg leg, SignedLock lock) throws LedgerException {
        return bob.redeem(redemption(leg, lock), List.of(), List.of());
    }

    /// Bob's redeem, in a block.
    void redeem(Leg leg, SignedLock lock) throws LedgerException {
        mined(redeems(leg, lock).subList(0, 1));
    }

    /// Sends transactions and makes a block.
    void mined(List<SignedTx> steps) throws LedgerException {
        sendAll(steps);
        chain.mine(1);
    }

    void sendAll(List<SignedTx> steps) throws LedgerException {
        for (var step : steps) {
            alice.send(step);
        }
    }

    /// As Bob sees the lock, who knows nothing of its inputs.
    LockView bobSees(Leg leg, SignedLock lock) throws LedgerException {
        return bob.view(leg, HASH, lock.ref(), lock.since(), List.of());
    }

    LockView aliceSees(Leg leg, SignedLock lock) throws LedgerException {
        return alice.view(leg, HASH, lock.ref(), lock.since(), lock.inputs());
    }

    @Override
    public void close() {
        chain.close();
    }
}
