package org.p2prmb.ledgers;

import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.ScriptWitness;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxIn;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.simulated.SimulatedUtxo;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The simulated chain of Bitcoin's kind and litecoind agree, to the last unit.
@Program.Needed(Program.LITECOIND)
final class DifferentialTest {
    private static final int HISTORIES = Integer.getInteger("runs", 24);
    private static final long COINS = 200_000_000;
    private static final BigInteger AMOUNT = BigInteger.valueOf(150_000_000);
    private static final UtxoSettings SETTINGS = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);

    @Test
    void litecoindAndTheSimulatedChainAgree() throws IOException, LedgerException {
        try (var node = Litecoind.start()) {
            var histories = new Histories(AMOUNT, UnaryOperator.identity(), node.medianTime());
            for (int number = 0; number < HISTORIES; number++) {
                var chain = new SimulatedUtxo(SETTINGS.chain(), histories.now());
                var address = wallet(node.rpc(), "alice", number).address();
                node.pay(address, "2");
                chain.give(address, COINS);
                histories.run(
                        number,
                        twin(node.rpc(), number, new Real(node)),
                        twin(chain.node(), number, new Simulated(chain)));
            }
            histories.assertAllSeen();
        }
    }

    private static UtxoLedger wallet(Rpc node, String name, int number) throws LedgerException {
        return UtxoLedger.open(
                node, SETTINGS, UtxoKeys.of(Twin.seed(name, number), SETTINGS.chain()));
    }

    private static Twin twin(Rpc node, int number, Twin.Hands hands) throws LedgerException {
        return new Twin(
                wallet(node, "alice", number),
                wallet(node, "bob", number),
                SETTINGS.chain().asset(),
                node,
                hands);
    }

    private interface Sending extends Twin.Hands {
        @Override
        default Optional<String> send(Rpc node, Bytes tx) throws LedgerException {
            return Twin.refusal(node, "sendrawtransaction", tx.toHex(), 0);
        }

        @Override
        default Bytes damaged(Bytes tx, int way) {
            return Damage.to(tx, way);
        }
    }

    private record Real(Litecoind node) implements Sending {
        @Override
        public void mine(Instant time) throws LedgerException {
            node.setTime(time);
            node.mine(1);
        }

        @Override
        public void reorganise(int depth, List<Instant> instead) throws LedgerException {
            node.takeBack(depth);
            var waiting = new ArrayList<Bytes>();
            for (var id : node.rpc().ask("getrawmempool")) {
                waiting.add(Bytes.hex(id.asText()));
            }
            for (var id : waiting) {
                node.hold(id);
            }
            for (var time : instead) {
                mine(time);
            }
            for (var id : waiting) {
                node.release(id);
            }
        }
    }

    private record Simulated(SimulatedUtxo chain) implements Sending {
        private static final int FOR_EVER = 1_000;

        @Override
        public void mine(Instant time) {
            chain.mine(time);
        }

        @Override
        public void reorganise(int depth, List<Instant> instead) {
            chain.reorganise(depth, List.of());
            chain.slow(FOR_EVER);
            instead.forEach(chain::mine);
            chain.slow(0);
        }
    }

    /// A transaction with something else in it than what was signed.
    private static final class Damage {
        private Damage() {}

        static Bytes to(Bytes bytes, int way) {
            var tx = Transaction.read(bytes.toArray());
            var damaged =
                    switch (way) {
                        case 0 -> lockTime(tx, tx.lockTime - 1);
                        case 1 -> sequence(tx, tx.txIn.getFirst().sequence - 1);
                        case 2 -> pays(tx, 1);
                        case 3 -> pays(tx, 400_000_000);
                        case 4 -> pays(tx, 2_900 - tx.txOut.getFirst().amount.toLong());
                        case 5 -> witness(tx, 0, item -> item.take(item.size() - 1));
                        case 6 -> witness(tx, 1, item -> item.take(Math.max(0, item.size() - 1)));
                        default -> witness(tx, 1, item -> item.concat((byte) 1));
                    };
            return Bytes.wrap(Transaction.write(damaged));
        }

        private static Transaction lockTime(Transaction tx, long lockTime) {
            return new Transaction(tx.version, tx.txIn, tx.txOut, lockTime & 0xffffffffL);
        }

        private static Transaction sequence(Transaction tx, long sequence) {
            var first = tx.txIn.getFirst();
            var inputs = new ArrayList<>(tx.txIn);
            inputs.set(0, new TxIn(first.outPoint, first.signatureScript, sequence, first.witness));
            return new Transaction(tx.version, inputs, tx.txOut, tx.lockTime);
        }

        private static Transaction pays(Transaction tx, long more) {
            var outputs = new ArrayList<>(tx.txOut);
            var first = outputs.getFirst();
            outputs.set(0, first.updateAmount(new Satoshi(first.amount.toLong() + more)));
            return new Transaction(tx.version, tx.txIn, outputs, tx.lockTime);
        }

        private static Transaction witness(
                Transaction tx, int item, UnaryOperator<ByteVector> change) {
            var stack = new ArrayList<>(tx.txIn.getFirst().witness.stack);
            stack.set(item, change.apply(stack.get(item)));
            return tx.updateWitness(0, new ScriptWitness(stack));
        }
    }
}
