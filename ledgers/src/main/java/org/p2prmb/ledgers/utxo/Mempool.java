package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which waiting transaction spends an output. Nodes before Bitcoin Core 24 cannot say; there all
/// that waits is read, each transaction once.
final class Mempool {
    /// Read at one question; the rest at the next.
    private static final int READ_MAX = 2_000;

    private static final int KEPT_MAX = 100_000;

    private final UtxoNode node;
    private final Map<Outpoint, Bytes> spenders = new HashMap<>();
    private final Set<Bytes> read = new HashSet<>();
    private boolean isOld;

    Mempool(UtxoNode node) {
        this.node = node;
    }

    /// The transaction that would spend this output.
    synchronized Optional<UtxoNode.Tx> spender(Outpoint outpoint) throws LedgerException {
        if (!isOld) {
            try {
                return fetched(node.spender(outpoint));
            } catch (RpcRefusal e) {
                if (e.code() != RpcRefusal.NO_SUCH_METHOD) {
                    throw new LedgerException("the node does not say what waits", e);
                }
                isOld = true;
            }
        }
        readNew();
        return fetched(Optional.ofNullable(spenders.get(outpoint)));
    }

    private Optional<UtxoNode.Tx> fetched(Optional<Bytes> id) throws LedgerException {
        return id.isPresent() ? node.waiting(id.get()) : Optional.empty();
    }

    private void readNew() throws LedgerException {
        var waiting = new HashSet<>(node.waiting());
        read.retainAll(waiting);
        spenders.values().retainAll(waiting);
        waiting.removeAll(read);
        int left = READ_MAX;
        for (var id : waiting) {
            if (left-- == 0 || spenders.size() >= KEPT_MAX) {
                return;
            }
            var tx = node.waiting(id);
            if (tx.isPresent()) {
                tx.get().inputs().forEach(input -> spenders.put(input.spends(), id));
            }
            read.add(id);
        }
    }
}
