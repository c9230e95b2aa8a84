package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.utxo.UtxoNode.Tx;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.LockPast.Ending;

import java.math.BigInteger;
import java.util.Optional;

/// Looks through blocks for a lock by its script and amount, for its name is not known beforehand.
final class UtxoPast {
    /// Three days of Litecoin's blocks.
    private static final long BLOCKS_MAX = 2_000;

    private final UtxoNode node;
    private final Leg leg;
    private final Bytes hash;
    private final HtlcScript script;
    private Optional<LockPast> found = Optional.empty();

    UtxoPast(UtxoNode node, Leg leg, Bytes hash) {
        this.node = node;
        this.leg = leg;
        this.hash = hash;
        script = HtlcScript.of(leg, hash);
    }

    /// Throws [LedgerException] when these are too many blocks, or the chain has not so many.
    Optional<LockPast> between(long from, long to) throws LedgerException {
        if (to - from > BLOCKS_MAX) {
            throw new LedgerException("more than %d blocks to read".formatted(BLOCKS_MAX));
        }
        for (long height = from; height <= to && !isOver(); height++) {
            var block = node.blockHash(height);
            if (block.isEmpty()) {
                throw new LedgerException("there is no block %d yet".formatted(height));
            }
            for (var tx : node.block(block.get()).transactions()) {
                note(tx, height);
            }
        }
        return found;
    }

    private boolean isOver() {
        return found.flatMap(LockPast::ending).isPresent();
    }

    private void note(Tx tx, long height) throws LedgerException {
        if (found.isEmpty()) {
            for (int index = 0; index < tx.outputs().size() && found.isEmpty(); index++) {
                var output = tx.outputs().get(index);
                if (output.script().equals(script.output())
                        && BigInteger.valueOf(output.value()).equals(leg.amount())) {
                    var ref = new Outpoint(tx.id(), index).encoded();
                    found = Optional.of(new LockPast(ref, height, Optional.empty()));
                }
            }
            return;
        }
        var lock = found.get();
        for (var input : tx.inputs()) {
            if (input.spends().encoded().equals(lock.ref())) {
                var redeemed = script.secretIn(input.witness(), hash).isPresent();
                found =
                        Optional.of(
                                new LockPast(
                                        lock.ref(),
                                        lock.height(),
                                        Optional.of(new Ending(redeemed, height))));
            }
        }
    }
}
