package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.utxo.UtxoNode.Tx;
import org.p2prmb.ledgers.utxo.Watch.Told;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// Reads what became of locks from the blocks since each was agreed, and from what waits for one.
final class UtxoView {
    /// More locks than can be open; the one not asked for longest is read anew.
    private static final int WATCHES_MAX = 256;

    /// A reorganised chain may hold a lock in a lower block than that from which it is searched.
    private static final long REORG_BLOCKS = 20;

    private final UtxoNode node;
    private final Bytes template;
    private final Mempool mempool;
    private final SequencedMap<Key, Watch> watches = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(Bytes txId, Set<Outpoint> outpoints, long since) {}

    UtxoView(UtxoNode node, Bytes template) {
        this.node = node;
        this.template = template;
        this.mempool = new Mempool(node);
    }

    LockView of(Leg leg, Bytes hash, Outpoint lock, long since, List<Outpoint> inputs)
            throws LedgerException {
        if (!leg.template().equals(template)) {
            return new LockView.Absent();
        }
        var script = HtlcScript.of(leg, hash);
        var told = watch(lock, Math.max(0, since - REORG_BLOCKS), inputs).read();
        if (told.made().isEmpty()) {
            return unmade(leg, hash, script, lock, inputs, told);
        }
        var made = told.made().get();
        if (!isLock(made.tx(), lock, leg, script)) {
            return new LockView.Absent();
        }
        var spend = told.spends().get(lock);
        if (spend == null) {
            return waiting(hash, script, lock)
                    .orElse(new LockView.Locked(told.depth(made.height())));
        }
        int depth = told.depth(spend.height());
        var secret = script.secretIn(spend.input().witness(), hash);
        if (secret.isPresent()) {
            return new LockView.Redeemed(secret.get(), depth);
        }
        if (script.isRefund(spend.input().witness())) {
            return new LockView.Refunded(depth);
        }
        throw new LedgerException("a lock is spent as its script does not allow");
    }

    private Watch watch(Outpoint lock, long since, List<Outpoint> inputs) {
        var outpoints = new HashSet<>(inputs);
        outpoints.add(lock);
        var key = new Key(lock.txId(), Set.copyOf(outpoints), since);
        synchronized (watches) {
            var watch =
                    watches.computeIfAbsent(
                            key, _ -> new Watch(node, lock.txId(), outpoints, since));
            if (watches.size() > WATCHES_MAX) {
                watches.pollFirstEntry();
            }
            return watch;
        }
    }

    private LockView unmade(
            Leg leg, Bytes hash, HtlcScript script, Outpoint lock, List<Outpoint> inputs, Told told)
            throws LedgerException {
        for (var input : inputs) {
            var spend = told.spends().get(input);
            if (spend != null && !spend.by().equals(lock.txId())) {
                return new LockView.Lost(told.depth(spend.height()));
            }
        }
        var tx = node.waiting(lock.txId());
        return tx.isPresent() && isLock(tx.get(), lock, leg, script)
                ? waiting(hash, script, lock).orElse(new LockView.Pending())
                : new LockView.Absent();
    }

    /// The secret in a redeem that waits for a block; a refund that waits may still lose.
    private Optional<LockView> waiting(Bytes hash, HtlcScript script, Outpoint lock)
            throws LedgerException {
        if (node.isUnspent(lock)) {
            return Optional.empty();
        }
        var spender = mempool.spender(lock);
        if (spender.isEmpty()) {
            return Optional.empty();
        }
        return spender.get().inputs().stream()
                .filter(input -> input.spends().equals(lock))
                .findFirst()
                .flatMap(input -> script.secretIn(input.witness(), hash))
                .map(secret -> new LockView.Redeemed(secret, 0));
    }

    /// The amount and the script to the last byte, and in one output of the transaction (R5).
    private static boolean isLock(Tx tx, Outpoint lock, Leg leg, HtlcScript script) {
        var expected = script.output();
        return lock.index() >= 0
                && lock.index() < tx.outputs().size()
                && tx.outputs().get(lock.index()).script().equals(expected)
                && BigInteger.valueOf(tx.outputs().get(lock.index()).value()).equals(leg.amount())
                && tx.outputs().stream().filter(out -> out.script().equals(expected)).count() == 1;
    }
}
