package org.p2prmb.ledgers.simulated;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A chain in this process, in virtual time: whoever drives it makes its blocks. Not safe for
/// several threads.
public final class SimulatedChain {
    private static final int MEMPOOL_MAX = 10_000;

    private final ChainRules rules;
    private final List<Block> blocks = new ArrayList<>();
    private final Map<Bytes, Waiting> mempool = new LinkedHashMap<>();
    private Map<Bytes, SimulatedTx.Output> unspent = new HashMap<>();
    private long feeFloor;
    private int slowness;

    private record Block(Instant time, List<SimulatedTx> txs) {}

    private record Waiting(SimulatedTx tx, long fee, long since) {}

    /// A transaction and how deep it is: 0 while it waits.
    record Found(SimulatedTx tx, int depth) {}

    /// @param start the time of the first block
    public SimulatedChain(ChainRules rules, Instant start) {
        this.rules = rules;
        feeFloor = rules.fee();
        blocks.add(new Block(start, List.of()));
    }

    public ChainRules rules() {
        return rules;
    }

    /// Makes coins out of nothing, in a block of their own.
    public void give(Bytes owner, long amount) {
        var from = SimulatedTx.output(Bytes.utf8("coinbase " + blocks.size()), 0);
        var output = SimulatedTx.Output.coins(owner, amount);
        var tx = new SimulatedTx(List.of(from), List.of(output), owner, 0, Bytes.EMPTY);
        blocks.add(new Block(blocks.getLast().time(), List.of(tx)));
        replay();
    }

    /// From now on blocks are dear: nothing that pays less is taken in.
    public void feeFloor(long fee) {
        feeFloor = fee;
    }

    /// From now on a transaction waits for so many blocks before one takes it in.
    public void slowness(int waits) {
        slowness = waits;
    }

    public long height() {
        return blocks.size() - 1L;
    }

    /// A reorganised block has another time, or other transactions, and so another hash.
    org.p2prmb.protocols.swap.Block block(long height) {
        var block = blocks.get(Math.toIntExact(height));
        var fields =
                Canonical.domain("simulated/block")
                        .longNumber(height)
                        .longNumber(block.time().getEpochSecond());
        block.txs().forEach(tx -> fields.bytes(tx.id()));
        return new org.p2prmb.protocols.swap.Block(height, fields.sha256(), block.time());
    }

    /// By which time locks are judged.
    public Instant medianTime(long height) {
        var times = new ArrayList<Instant>();
        for (long at = Math.max(0, height - rules.medianOf() + 1); at <= height; at++) {
            times.add(blocks.get((int) at).time());
        }
        times.sort(Comparator.naturalOrder());
        return times.get(times.size() / 2);
    }

    /// Takes a transaction into the mempool.
    ///
    /// Throws `IllegalArgumentException` when it is not valid now.
    void submit(SimulatedTx tx) {
        var id = tx.id();
        if (find(id) != null) {
            return; // Known already.
        }
        Limits.require(mempool.size() < MEMPOOL_MAX, "the mempool is full");
        long fee = fee(tx);
        var conflicts = conflicts(tx);
        for (var other : conflicts) {
            Limits.require(fee > other.fee(), "one that pays more spends the same");
        }
        conflicts.forEach(other -> mempool.remove(other.tx().id()));
        mempool.put(id, new Waiting(tx, fee, height()));
        dropOrphans();
    }

    private List<Waiting> conflicts(SimulatedTx tx) {
        return mempool.values().stream()
                .filter(other -> other.tx().spends().stream().anyMatch(tx.spends()::contains))
                .toList();
    }

    /// What it pays, if every output that it spends is there for it.
    private long fee(SimulatedTx tx) {
        long in = 0;
        for (var name : tx.spends()) {
            var output = unspentOrWaiting(name);
            if (output == null) {
                throw new IllegalArgumentException("an output that is spent, or was never made");
            }
            requireUnlocked(tx, output);
            in += output.amount();
        }
        long out = tx.outputs().stream().mapToLong(SimulatedTx.Output::amount).sum();
        Limits.require(tx.outputs().stream().allMatch(o -> o.amount() > 0), "an empty output");
        Limits.require(in - out >= rules.fee(), "a fee that is too low");
        Limits.require(
                medianTime(height()).getEpochSecond() >= tx.lockTime(), "non-final: too early");
        return in - out;
    }

    private static void requireUnlocked(SimulatedTx tx, SimulatedTx.Output output) {
        if (tx.signer().equals(output.owner())) {
            Limits.require(
                    !output.isLock() || Preimage.opens(tx.secret(), output.hash()),
                    "a secret that is none");
        } else {
            Limits.require(
                    output.isLock()
                            && tx.signer().equals(output.refundTo())
                            && tx.lockTime() >= output.refundAt(),
                    "coins of others");
        }
    }

    private SimulatedTx.@Nullable Output unspentOrWaiting(Bytes name) {
        var confirmed = unspent.get(name);
        if (confirmed != null) {
            return confirmed;
        }
        for (var waiting : mempool.values()) {
            var outputs = waiting.tx().outputs();
            for (int number = 0; number < outputs.size(); number++) {
                if (SimulatedTx.output(waiting.tx().id(), number).equals(name)) {
                    return outputs.get(number);
                }
            }
        }
        return null;
    }

    /// Makes the next block.
    public void mine(Instant time) {
        var taken = new ArrayList<SimulatedTx>();
        for (var waiting : List.copyOf(mempool.values())) {
            var tx = waiting.tx();
            if (waiting.fee() >= feeFloor
                    && height() - waiting.since() >= slowness
                    && medianTime(height()).getEpochSecond() >= tx.lockTime()
                    && unspent.keySet().containsAll(tx.spends())) {
                taken.add(tx);
                mempool.remove(tx.id());
                apply(tx, unspent);
            }
        }
        blocks.add(new Block(time, List.copyOf(taken)));
        dropOrphans();
    }

    private static void apply(SimulatedTx tx, Map<Bytes, SimulatedTx.Output> unspent) {
        tx.spends().forEach(unspent::remove);
        for (int number = 0; number < tx.outputs().size(); number++) {
            unspent.put(SimulatedTx.output(tx.id(), number), tx.outputs().get(number));
        }
    }

    /// Replaces the last blocks by empty ones and one more; what they held waits again.
    public void reorganise(int depth, Instant time) {
        Limits.require(depth < blocks.size(), "deeper than the chain");
        var back = new ArrayList<SimulatedTx>();
        for (int left = depth; left > 0; left--) {
            back.addAll(0, blocks.removeLast().txs());
        }
        replay();
        for (int more = depth + 1; more > 0; more--) {
            blocks.add(new Block(time, List.of()));
        }
        var waited = List.copyOf(mempool.values());
        mempool.clear();
        back.forEach(this::again);
        waited.forEach(waiting -> again(waiting.tx()));
    }

    private void again(SimulatedTx tx) {
        try {
            submit(tx);
        } catch (IllegalArgumentException e) {
            // It conflicts with what came before it, or its time lock is to come again.
        }
    }

    private void replay() {
        unspent = new HashMap<>();
        blocks.forEach(block -> block.txs().forEach(tx -> apply(tx, unspent)));
    }

    private void dropOrphans() {
        mempool.values()
                .removeIf(waiting ->
                        waiting.tx().spends().stream()
                                .anyMatch(name -> unspentOrWaiting(name) == null));
    }

    /// Forgets what waits: nodes do, when they restart or are full.
    public void forgetMempool() {
        mempool.clear();
    }

    Map<Bytes, SimulatedTx.Output> unspent() {
        return Map.copyOf(unspent);
    }

    /// How many locks with this hash are in blocks.
    public int locks(Bytes hash) {
        return (int)
                blocks.stream()
                        .flatMap(block -> block.txs().stream())
                        .flatMap(tx -> tx.outputs().stream())
                        .filter(output -> output.hash().equals(hash))
                        .count();
    }

    @Nullable Found find(Bytes id) {
        return find(height(), tx -> tx.id().equals(id));
    }

    /// As a node that knows blocks up to `height` sees it.
    @Nullable Found find(long height, Predicate<SimulatedTx> wanted) {
        for (long at = height; at >= 0; at--) {
            for (var tx : blocks.get((int) at).txs()) {
                if (wanted.test(tx)) {
                    return new Found(tx, (int) (height - at + 1));
                }
            }
        }
        for (var waiting : mempool.values()) {
            if (wanted.test(waiting.tx())) {
                return new Found(waiting.tx(), 0);
            }
        }
        return null;
    }
}
