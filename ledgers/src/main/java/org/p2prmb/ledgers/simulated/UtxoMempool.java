package org.p2prmb.ledgers.simulated;

import fr.acinq.bitcoin.OutPoint;
import fr.acinq.bitcoin.ScriptFlags;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxId;
import fr.acinq.bitcoin.TxOut;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.simulated.SimulatedUtxo.Coin;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What waits for a block, and the rules of Bitcoin Core by which it is taken in.
final class UtxoMempool {
    private static final int WAITING_MAX = 10_000;

    /// For each virtual byte: the least fee, and what a replacement pays on top.
    private static final long RELAY_RATE = 1;

    /// Of an output of the kind whose dust [UtxoChain#dust] is, and of the input that spends it.
    private static final int DUST_BYTES = 110;

    private static final int SPEND_BYTES = 67;

    /// A lower lock time is a height.
    private static final long TIME_MIN = 500_000_000L;

    private static final long NO_RELATIVE_LOCK = 1L << 31;
    private static final long REPLACEABLE_MAX = 0xfffffffdL;
    private static final long FINAL = 0xffffffffL;

    // The codes that Bitcoin Core answers with.
    private static final int NOT_DECODED = -22;
    private static final int NO_INPUTS = -25;
    private static final int REJECTED = -26;
    private static final int IN_A_BLOCK = -27;

    private final UtxoChain kind;
    private final Map<TxId, Waiting> waiting = new LinkedHashMap<>();
    private final Map<OutPoint, TxId> spenders = new HashMap<>();

    UtxoMempool(UtxoChain kind) {
        this.kind = kind;
    }

    /// @param since the height of the block that could have been the first with it
    record Waiting(Transaction tx, long fee, long vbytes, long since) {
        /// Units for each virtual byte.
        double rate() {
            return (double) fee / vbytes;
        }
    }

    List<Waiting> all() {
        return List.copyOf(waiting.values());
    }

    List<TxId> ids() {
        return List.copyOf(waiting.keySet());
    }

    @Nullable Transaction find(TxId id) {
        var found = waiting.get(id);
        return found == null ? null : found.tx();
    }

    @Nullable TxId spender(OutPoint output) {
        return spenders.get(output);
    }

    void remove(Transaction tx) {
        waiting.remove(tx.txid);
        tx.txIn.forEach(input -> spenders.remove(input.outPoint));
    }

    void clear() {
        waiting.clear();
        spenders.clear();
    }

    /// @param unspent by blocks
    /// @param next the height of the next block
    /// @param time by which it judges locks
    void submit(Bytes bytes, Map<OutPoint, Coin> unspent, long next, Instant time)
            throws RpcRefusal {
        var tx = decoded(bytes);
        if (waiting.containsKey(tx.txid)) {
            return; // Known already.
        }
        for (int index = 0; index < tx.txOut.size(); index++) {
            if (unspent.containsKey(new OutPoint(tx, index))) {
                throw new RpcRefusal(IN_A_BLOCK, "Transaction already in block chain");
            }
        }
        require(isFinal(tx, next, time), "non-final");
        require(waiting.size() < WAITING_MAX, "mempool full");
        // What is not modelled is not let in.
        require(
                tx.txIn.stream().allMatch(input -> (input.sequence & NO_RELATIVE_LOCK) != 0),
                "a relative time lock");
        require(tx.txOut.stream().noneMatch(this::isDust), "dust");
        var evicted = new LinkedHashSet<Waiting>();
        for (var input : tx.txIn) {
            var spender = spenders.get(input.outPoint);
            if (spender != null) {
                collect(spender, evicted);
            }
        }
        var spent = spent(tx, unspent, evicted);
        long fee = sum(spent.values()) - sum(tx.txOut);
        long vbytes = Math.ceilDiv(tx.weight(), 4);
        // One that takes another's place has waited as long.
        long since = evicted.stream().mapToLong(Waiting::since).reduce(next, Math::min);
        var candidate = new Waiting(tx, fee, vbytes, since);
        require(fee >= 0, "bad-txns-in-belowout");
        require(fee >= RELAY_RATE * vbytes, "min relay fee not met");
        requireBetter(candidate, evicted, unspent);
        requireScripts(tx, spent);
        evicted.forEach(other -> remove(other.tx()));
        waiting.put(tx.txid, candidate);
        tx.txIn.forEach(input -> spenders.put(input.outPoint, tx.txid));
    }

    private static Transaction decoded(Bytes bytes) throws RpcRefusal {
        try {
            var tx = Transaction.read(bytes.toArray());
            Transaction.validate(tx);
            if (!Transaction.isCoinbase(tx)) {
                return tx;
            }
        } catch (IllegalArgumentException | NegativeArraySizeException e) {
            // It is none.
        }
        throw new RpcRefusal(NOT_DECODED, "TX decode failed");
    }

    private static void require(boolean holds, String otherwise) throws RpcRefusal {
        if (!holds) {
            throw new RpcRefusal(REJECTED, otherwise);
        }
    }

    static boolean isFinal(Transaction tx, long next, Instant time) {
        return tx.lockTime < (tx.lockTime < TIME_MIN ? next : time.getEpochSecond())
                || tx.txIn.stream().allMatch(input -> input.sequence == FINAL);
    }

    /// Whether spending it would cost more than a third of it.
    private boolean isDust(TxOut output) {
        long bytes = (long) output.totalSize() + SPEND_BYTES;
        return output.amount.toLong() < bytes * kind.dust() / DUST_BYTES;
    }

    private static long sum(Iterable<TxOut> outputs) {
        long sum = 0;
        for (var output : outputs) {
            sum += output.amount.toLong();
        }
        return sum;
    }

    /// That transaction and all that hangs on it.
    private void collect(TxId id, Set<Waiting> into) {
        var found = waiting.get(id);
        if (found != null && into.add(found)) {
            for (int index = 0; index < found.tx().txOut.size(); index++) {
                var child = spenders.get(new OutPoint(found.tx(), index));
                if (child != null) {
                    collect(child, into);
                }
            }
        }
    }

    private Map<OutPoint, TxOut> spent(
            Transaction tx, Map<OutPoint, Coin> unspent, Set<Waiting> evicted) throws RpcRefusal {
        var spent = new LinkedHashMap<OutPoint, TxOut>();
        for (var input : tx.txIn) {
            var output = input.outPoint;
            var coin = unspent.get(output);
            var parent = waiting.get(output.txid);
            if (coin != null) {
                spent.put(output, coin.output());
            } else if (parent != null
                    && !evicted.contains(parent)
                    && output.index < parent.tx().txOut.size()) {
                spent.put(output, parent.tx().txOut.get((int) output.index));
            } else {
                throw new RpcRefusal(NO_INPUTS, "bad-txns-inputs-missingorspent");
            }
        }
        return spent;
    }

    /// The rules of BIP 125.
    private void requireBetter(Waiting tx, Set<Waiting> evicted, Map<OutPoint, Coin> unspent)
            throws RpcRefusal {
        if (evicted.isEmpty()) {
            return;
        }
        long fees = RELAY_RATE * tx.vbytes();
        var known = new ArrayList<OutPoint>();
        for (var other : evicted) {
            fees += other.fee();
            other.tx().txIn.forEach(input -> known.add(input.outPoint));
            require(isReplaceable(other.tx()), "txn-mempool-conflict");
            require(tx.rate() > other.rate(), "insufficient fee");
        }
        require(tx.fee() >= fees, "insufficient fee");
        require(
                tx.tx().txIn.stream()
                        .map(input -> input.outPoint)
                        .allMatch(it -> unspent.containsKey(it) || known.contains(it)),
                "replacement-adds-unconfirmed");
    }

    private static boolean isReplaceable(Transaction tx) {
        return tx.txIn.stream().anyMatch(input -> input.sequence <= REPLACEABLE_MAX);
    }

    private static void requireScripts(Transaction tx, Map<OutPoint, TxOut> spent)
            throws RpcRefusal {
        try {
            tx.correctlySpends(spent, ScriptFlags.STANDARD_SCRIPT_VERIFY_FLAGS);
        } catch (RuntimeException e) { // Supervisor
            // The library throws whatever it likes where a script fails.
            throw new RpcRefusal(REJECTED, "mandatory-script-verify-flag-failed: " + e);
        }
    }
}
