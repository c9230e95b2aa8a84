package org.p2prmb.ledgers.simulated;

import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.OutPoint;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxId;
import fr.acinq.bitcoin.TxIn;
import fr.acinq.bitcoin.TxOut;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoLedger;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Leg;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A chain of Bitcoin's kind: real transactions, of which each input is verified with bitcoin-kmp,
/// in blocks that nobody works for.
public final class SimulatedUtxo implements SimulatedChain {
    /// Blocks whose median time is the chain's (BIP 113).
    private static final int MEDIAN_OF = 11;

    private final UtxoChain kind;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Transaction> issued = new ArrayList<>();
    private final UtxoMempool mempool;
    private Map<OutPoint, Coin> unspent = new HashMap<>();
    private long scarcity = 1;
    private int slowness;
    private long made;

    record Block(Bytes hash, Bytes previous, Instant time, List<Transaction> transactions) {}

    /// An output that is unspent.
    ///
    /// @param height of the block in which it was made
    record Coin(TxOut output, long height) {}

    /// @param start the time of the first block
    public SimulatedUtxo(UtxoChain kind, Instant start) {
        this.kind = kind;
        mempool = new UtxoMempool(kind);
        blocks.add(new Block(kind.genesis(), Bytes.EMPTY, start, List.of()));
    }

    @Override
    public SimulatedNode node() {
        return new SimulatedUtxoNode(this);
    }

    /// Makes coins out of nothing, in the next block.
    public synchronized void give(String address, long amount) {
        var number = Canonical.domain("simulated/coins").longNumber(made++).sha256();
        issued.add(
                new Transaction(
                        2,
                        List.of(TxIn.coinbase(number.toArray())),
                        List.of(new TxOut(new Satoshi(amount), kind.script(address).toArray())),
                        0));
    }

    @Override
    public synchronized long height() {
        return blocks.size() - 1L;
    }

    synchronized Block block(long height) {
        return blocks.get((int) height);
    }

    /// By which locks are judged in the block after this one.
    synchronized Instant medianTime(long height) {
        var times =
                blocks.subList((int) Math.max(0, height - MEDIAN_OF + 1), (int) height + 1).stream()
                        .map(Block::time)
                        .sorted()
                        .toList();
        return times.get(times.size() / 2);
    }

    /// Units for each virtual byte that a block costs; 0 when nothing is scarce.
    synchronized long rate() {
        return scarcity > 1 ? scarcity * kind.rateMin() : 0;
    }

    synchronized void submit(Bytes bytes) throws RpcRefusal {
        mempool.submit(bytes, unspent, height() + 1, medianTime(height()));
    }

    synchronized @Nullable Transaction waiting(TxId id) {
        return mempool.find(id);
    }

    synchronized List<TxId> waiting() {
        return mempool.ids();
    }

    synchronized @Nullable TxId spender(OutPoint output) {
        return mempool.spender(output);
    }

    /// The outputs of all blocks up to this height that no such block spends.
    synchronized Map<OutPoint, Coin> unspent(long height) {
        return height == height() ? unspent : replay(height);
    }

    private Map<OutPoint, Coin> replay(long height) {
        var coins = new HashMap<OutPoint, Coin>();
        for (int at = 0; at <= height; at++) {
            for (var tx : blocks.get(at).transactions()) {
                apply(tx, at, coins);
            }
        }
        return coins;
    }

    private static void apply(Transaction tx, long height, Map<OutPoint, Coin> coins) {
        tx.txIn.forEach(input -> coins.remove(input.outPoint));
        for (int index = 0; index < tx.txOut.size(); index++) {
            coins.put(new OutPoint(tx, index), new Coin(tx.txOut.get(index), height));
        }
    }

    @Override
    public synchronized void mine(Instant time) {
        var taken = new ArrayList<>(issued);
        issued.clear();
        long next = height() + 1;
        taken.forEach(tx -> apply(tx, next, unspent));
        for (var waiting : mempool.all()) {
            var tx = waiting.tx();
            if (waiting.rate() >= rate()
                    && next - waiting.since() >= slowness
                    && UtxoMempool.isFinal(tx, next, medianTime(height()))
                    && tx.txIn.stream().allMatch(in -> unspent.containsKey(in.outPoint))) {
                taken.add(tx);
                mempool.remove(tx);
                apply(tx, next, unspent);
            }
        }
        append(time, taken);
    }

    private void append(Instant time, List<Transaction> transactions) {
        var previous = blocks.getLast().hash();
        // Two blocks in the same place are not the same block.
        var hash = Canonical.domain("simulated/block").bytes(previous).longNumber(made++).sha256();
        blocks.add(new Block(hash, previous, time, List.copyOf(transactions)));
    }

    @Override
    public synchronized void reorganise(int depth, List<Instant> instead) {
        Limits.require(depth < blocks.size(), "deeper than the chain");
        var again = new ArrayList<Transaction>();
        for (int left = depth; left > 0; left--) {
            again.addAll(0, blocks.removeLast().transactions());
        }
        unspent = replay(height());
        instead.forEach(time -> append(time, List.of()));
        mempool.all().forEach(waiting -> again.add(waiting.tx()));
        mempool.clear();
        for (var tx : again) {
            try {
                submit(Bytes.wrap(Transaction.write(tx)));
            } catch (RpcRefusal e) {
                // Its time lock is to come again, or what it spends was of the lost blocks.
            }
        }
    }

    @Override
    public synchronized void forget() {
        mempool.clear();
    }

    @Override
    public synchronized void scarce(int times) {
        scarcity = times;
    }

    @Override
    public synchronized void slow(int waits) {
        slowness = waits;
    }

    @Override
    public synchronized int locks(Leg leg, Bytes hash) {
        var script = new ByteVector(UtxoLedger.script(leg, hash).toArray());
        return (int)
                blocks.stream()
                        .flatMap(block -> block.transactions().stream())
                        .flatMap(tx -> tx.txOut.stream())
                        .filter(output -> output.publicKeyScript.equals(script))
                        .count();
    }
}
