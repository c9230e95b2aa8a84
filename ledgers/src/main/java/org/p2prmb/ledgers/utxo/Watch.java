package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.utxo.UtxoNode.Block;
import org.p2prmb.ledgers.utxo.UtxoNode.Tx;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the blocks from one height on tell of one transaction and of what spends some outputs.
/// Each block is read once, unless the chain is reorganised: then reading starts again.
final class Watch {
    /// How often reading starts again in one go.
    private static final int ATTEMPTS_MAX = 3;

    /// Read at one question: the rest at the next ones, after a failure each.
    private static final int BLOCKS_MAX = 1_000;

    private final UtxoNode node;
    private final Bytes txId;
    private final Set<Outpoint> outpoints;
    private final long since;
    private final Map<Outpoint, Spend> spends = new HashMap<>();
    private Optional<Made> made = Optional.empty();
    private long height;
    private Bytes hash = Bytes.EMPTY;

    Watch(UtxoNode node, Bytes txId, Set<Outpoint> outpoints, long since) {
        this.node = node;
        this.txId = txId;
        this.outpoints = Set.copyOf(outpoints);
        this.since = since;
        this.height = since - 1;
    }

    /// The transaction, and the block that holds it.
    record Made(Tx tx, long height) {}

    /// @param by the transaction that spends the output
    record Spend(UtxoNode.Input input, Bytes by, long height) {}

    /// As of the block of this height.
    record Told(long height, Optional<Made> made, Map<Outpoint, Spend> spends) {
        int depth(long of) {
            return Math.toIntExact(Math.min(Integer.MAX_VALUE, height - of + 1));
        }
    }

    synchronized Told read() throws LedgerException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (!isStillThere()) {
                forget();
            }
            if (readNew()) {
                return new Told(height, made, Map.copyOf(spends));
            }
        }
        throw new LedgerException("the chain changes faster than it can be read");
    }

    private boolean isStillThere() throws LedgerException {
        return hash.size() == 0 || node.blockHash(height).filter(hash::equals).isPresent();
    }

    private void forget() {
        height = since - 1;
        hash = Bytes.EMPTY;
        made = Optional.empty();
        spends.clear();
    }

    /// False when a block does not follow the one before.
    private boolean readNew() throws LedgerException {
        long top = node.tip().height();
        int left = BLOCKS_MAX;
        while (height < top) {
            if (left-- == 0) {
                throw new LedgerException("%d blocks are still to be read".formatted(top - height));
            }
            var next = node.blockHash(height + 1);
            if (next.isEmpty()) {
                return false;
            }
            var block = node.block(next.get());
            if (hash.size() != 0 && !block.previous().equals(hash)) {
                return false;
            }
            height++;
            hash = block.hash();
            note(block);
        }
        return true;
    }

    private void note(Block block) {
        for (var tx : block.transactions()) {
            if (tx.id().equals(txId)) {
                made = Optional.of(new Made(tx, height));
            }
            for (var input : tx.inputs()) {
                if (outpoints.contains(input.spends())) {
                    spends.put(input.spends(), new Spend(input, tx.id(), height));
                }
            }
        }
    }
}
