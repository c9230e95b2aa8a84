package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.simulated.ChainRules;
import org.p2prmb.ledgers.simulated.SimulatedChain;
import org.p2prmb.ledgers.simulated.SimulatedLedger;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// The same random steps on a simulated chain and on litecoind: what becomes of the lock, and whose
/// the coins are, must be the same.
final class DifferentialTest {
    private static final long COINS = 200_000_000;
    private static final long AMOUNT = 150_000_000;
    private static final int HISTORIES = 24;
    private static final int STEPS = 25;
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final long SECONDS_LOCKED = 120;

    private static final Secret SECRET = new Secret(seed("secret", 0));
    private static final Secret WRONG = new Secret(seed("another secret", 0));

    private static Bytes seed(String of, int number) {
        return Canonical.domain("test").text(of).number(number).sha256();
    }

    /// One of the two chains, with a wallet that locks and one that redeems.
    private static final class Rig {
        private final Ledger alice;
        private final Ledger bob;
        private Optional<SignedLock> lock = Optional.empty();
        private Optional<Leg> leg = Optional.empty();

        Rig(Ledger alice, Ledger bob) {
            this.alice = alice;
            this.bob = bob;
        }

        void lock(Instant until) throws LedgerException {
            var asset = alice.feeAsset();
            var wanted =
                    new Leg(
                            asset,
                            BigInteger.valueOf(AMOUNT),
                            alice.template(asset),
                            bob.party(1),
                            alice.party(1),
                            until,
                            2);
            leg = Optional.of(wanted);
            lock = Optional.of(alice.sign(wanted, SECRET.hash(), 1, List.of()));
        }

        private Leg leg() {
            return leg.orElseThrow();
        }

        private SignedLock lock() {
            return lock.orElseThrow();
        }

        /// What the node says to it tells nothing; what becomes of it is looked at.
        void does(int step) {
            try {
                switch (step) {
                    case 0 -> alice.send(lock().steps().getFirst());
                    case 1 -> redeem(SECRET);
                    case 2 -> redeem(WRONG);
                    case 3 -> alice.send(lock().refunds().getFirst());
                    case 4 -> alice.send(lock().cancels().getLast());
                    default -> throw new IllegalArgumentException("no such step");
                }
            } catch (LedgerException e) {
                // Refused.
            }
        }

        private void redeem(Secret secret) throws LedgerException {
            bob.send(bob.redeem(leg(), lock().ref(), secret, 1, List.of()).getFirst());
        }

        LockView view() throws LedgerException {
            return bob.view(leg(), SECRET.hash(), lock().ref(), lock().since(), List.of());
        }

        LockView own() throws LedgerException {
            return alice.view(leg(), SECRET.hash(), lock().ref(), lock().since(), lock().inputs());
        }

        /// In tenths of what is locked: fees are less.
        List<Long> balances() throws LedgerException {
            var tenth = BigInteger.valueOf(AMOUNT / 10);
            var asset = alice.feeAsset();
            return List.of(
                    alice.balance(asset).add(BigInteger.TEN.pow(6)).divide(tenth).longValue(),
                    bob.balance(asset).add(BigInteger.TEN.pow(6)).divide(tenth).longValue());
        }
    }

    @Test
    void litecoindAndTheSimulatedChainAgree() throws IOException, LedgerException {
        try (var node = Litecoind.start()) {
            var now = node.medianTime();
            int settled = 0;
            int refunded = 0;
            for (int number = 0; number < HISTORIES; number++) {
                var random = new SplittableRandom(number);
                var real = real(node, number);
                var simulated = new SimulatedChain(rules(real.alice.feeAsset()), now);
                var model = simulated(simulated, number);
                for (int block = 0; block < 12; block++) {
                    now = pass(node, simulated, now);
                }
                var until = now.plusSeconds(SECONDS_LOCKED);
                real.lock(until);
                model.lock(until);
                var history = new StringBuilder("history " + number + ":");
                for (int step = 0; step < STEPS; step++) {
                    int drawn = random.nextInt(8);
                    // In every second history nobody shows the secret.
                    int next = drawn == 1 && number % 2 == 1 ? 3 : drawn;
                    history.append(' ').append(next);
                    if (next < 5) {
                        real.does(next);
                        model.does(next);
                    } else {
                        now = pass(node, simulated, now);
                    }
                    assertThat(model.view()).as(history::toString).isEqualTo(real.view());
                    assertThat(model.own()).as(history::toString).isEqualTo(real.own());
                }
                now = pass(node, simulated, now);
                assertThat(model.balances()).as(history::toString).isEqualTo(real.balances());
                settled += real.view() instanceof LockView.Redeemed ? 1 : 0;
                refunded += real.view() instanceof LockView.Refunded ? 1 : 0;
            }
            assertThat(settled).as("histories that end redeemed").isPositive();
            assertThat(refunded).as("histories that end refunded").isPositive();
        }
    }

    private static Rig real(Litecoind node, int number) throws LedgerException {
        var settings = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
        var alice =
                UtxoLedger.open(
                        node.rpc(), settings, UtxoKeys.of(seed("alice", number), settings.chain()));
        var bob =
                UtxoLedger.open(
                        node.rpc(), settings, UtxoKeys.of(seed("bob", number), settings.chain()));
        node.pay(alice.address(), "2");
        return new Rig(alice, bob);
    }

    private static ChainRules rules(Asset coin) {
        return new ChainRules(coin, STEP, 11, 4, 1_000, false);
    }

    private static Rig simulated(SimulatedChain chain, int number) {
        var alice = new SimulatedLedger(chain, seed("alice", number));
        chain.give(alice.address(), COINS);
        return new Rig(alice, new SimulatedLedger(chain, seed("bob", number)));
    }

    /// A block on both.
    private static Instant pass(Litecoind node, SimulatedChain chain, Instant now)
            throws LedgerException {
        var next = now.plus(STEP);
        node.setTime(next);
        node.mine(1);
        chain.mine(next);
        return next;
    }
}
