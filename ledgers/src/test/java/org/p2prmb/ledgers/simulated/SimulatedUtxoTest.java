package org.p2prmb.ledgers.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
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
import java.util.Collections;
import java.util.List;

/// Alice locks coins for Bob on a chain in this process.
final class SimulatedUtxoTest {
    private static final UtxoSettings SETTINGS = UtxoSettings.of(UtxoChain.BITCOIN_REGTEST);
    private static final long COINS = 100_000_000;
    private static final int INDEX = 3;
    private static final Secret SECRET = new Secret(seed("secret"));

    private final SimulatedUtxo chain =
            new SimulatedUtxo(SETTINGS.chain(), Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedNode node = chain.node();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static Bytes seed(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    private static UtxoLedger wallet(Rpc node, String name) throws LedgerException {
        return UtxoLedger.open(node, SETTINGS, UtxoKeys.of(seed(name), SETTINGS.chain()));
    }

    private void mine(int blocks) {
        for (int left = blocks; left > 0; left--) {
            now = now.plus(SETTINGS.chain().blockTime());
            chain.mine(now);
        }
    }

    private Leg leg(UtxoLedger alice, UtxoLedger bob) throws LedgerException {
        return new Leg(
                alice.feeAsset(),
                BigInteger.valueOf(COINS / 2),
                alice.template(alice.feeAsset()),
                bob.party(INDEX),
                alice.party(INDEX),
                alice.tip().time().plus(Duration.ofHours(1)),
                2);
    }

    private SignedLock lock(UtxoLedger alice, Leg leg) throws LedgerException {
        var lock = alice.sign(leg, SECRET.hash(), INDEX, List.of());
        alice.send(lock.steps().getFirst());
        mine(1);
        return lock;
    }

    private static List<SignedTx> redeem(UtxoLedger by, Leg leg, SignedLock lock, Secret secret)
            throws LedgerException {
        return by.redeem(new Redemption(leg, lock.ref(), secret, INDEX), List.of(), List.of());
    }

    private LockView view(UtxoLedger by, Leg leg, SignedLock lock) throws LedgerException {
        return by.view(leg, SECRET.hash(), lock.ref(), lock.since(), List.of());
    }

    @Test
    void aSpendWhoseScriptFailsIsRefused() throws LedgerException {
        var alice = wallet(node, "alice");
        var bob = wallet(node, "bob");
        chain.give(alice.address(), COINS);
        mine(11);
        var leg = leg(alice, bob);
        var lock = lock(alice, leg);
        assertThat(view(bob, leg, lock)).isEqualTo(new LockView.Locked(1));
        var wrong = new Secret(seed("wrong"));
        for (var tx : redeem(bob, leg, lock, wrong)) {
            assertThatThrownBy(() -> node.tryAsk("sendrawtransaction", tx.bytes().toHex(), 0))
                    .isInstanceOf(RpcRefusal.class)
                    .hasMessageContaining("script-verify");
        }
        bob.send(redeem(bob, leg, lock, SECRET).getFirst());
        assertThat(view(alice, leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        mine(1);
        assertThat(view(alice, leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(chain.locks(leg, SECRET.hash())).isOne();
    }

    @Test
    void aRefundWaitsForTheMedianTime() throws LedgerException {
        var alice = wallet(node, "alice");
        var leg = leg(alice, wallet(node, "bob"));
        chain.give(alice.address(), COINS);
        mine(11);
        var lock = lock(alice, leg);
        int blocks = 0;
        while (!(view(alice, leg, lock) instanceof LockView.Refunded)) {
            assertThat(blocks++).as("blocks until the refund").isLessThan(20);
            alice.send(lock.refunds().getFirst());
            mine(1);
            assertThat(view(alice, leg, lock) instanceof LockView.Refunded)
                    .isEqualTo(chain.medianTime(chain.height() - 1).isAfter(leg.refundAt()));
        }
    }

    @Test
    void aLongerBranchTakesALockBackWhichThenWaitsAgain() throws LedgerException {
        var alice = wallet(node, "alice");
        var bob = wallet(node, "bob");
        chain.give(alice.address(), COINS);
        mine(11);
        var leg = leg(alice, bob);
        var lock = lock(alice, leg);
        node.hide(1);
        assertThat(view(bob, leg, lock)).isEqualTo(new LockView.Absent());
        node.hide(0);
        assertThat(view(bob, leg, lock)).isEqualTo(new LockView.Locked(1));
        chain.reorganise(1, Collections.nCopies(2, now));
        assertThat(view(bob, leg, lock)).isEqualTo(new LockView.Pending());
        mine(1);
        assertThat(view(bob, leg, lock)).isEqualTo(new LockView.Locked(1));
    }

    @Test
    void otherProcessesAskItLikeARealOne() throws IOException, LedgerException {
        try (var server = NodeServer.start(node);
                var rpc = new JsonRpc(server.address(), "", Duration.ofSeconds(10))) {
            var alice = wallet(rpc, "alice");
            chain.give(alice.address(), COINS);
            mine(11);
            var leg = leg(alice, wallet(rpc, "bob"));
            var lock = lock(alice, leg);
            assertThat(view(alice, leg, lock)).isEqualTo(new LockView.Locked(1));
            assertThat(alice.block(chain.height()).orElseThrow().time()).isEqualTo(now);
            assertThat(alice.block(chain.height() + 1)).isEmpty();
            assertThatThrownBy(() -> rpc.tryAsk("getblockhash", 1_000))
                    .isInstanceOf(RpcRefusal.class)
                    .hasMessage("Block height out of range");
        }
    }
}
