package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.utxo.UtxoNode.Unspent;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Our coins that are in blocks: all outputs of the chain are read once, and from then on its new
/// blocks. The node's wallet is not asked.
final class Coins {
    /// Reading the chain's outputs again is cheaper than more blocks.
    private static final long BLOCKS_MAX = 500;

    private static final int COINS_MAX = 10_000;

    /// Payments take the largest coins first, so those that leave are among these.
    private static final int LARGEST = 500;

    private final UtxoNode node;
    private final Bytes script;
    private final Map<Outpoint, Unspent> coins = new LinkedHashMap<>();
    private long height = -1;
    private Bytes hash = Bytes.EMPTY;

    Coins(UtxoNode node, Bytes script) {
        this.node = node;
        this.script = script;
    }

    synchronized List<Unspent> confirmed() throws LedgerException {
        var tip = node.tip();
        boolean known = height >= 0 && node.blockHash(height).filter(hash::equals).isPresent();
        if (!known || tip.height() - height > BLOCKS_MAX) {
            readAll();
        }
        while (height < tip.height()) {
            if (!readNext()) {
                height = -1; // So that all is read at the next question.
                throw new LedgerException("the chain changes while our coins are read");
            }
        }
        return List.copyOf(coins.values());
    }

    BigInteger balance() throws LedgerException {
        var sum = BigInteger.ZERO;
        for (var coin : confirmed()) {
            sum = sum.add(BigInteger.valueOf(coin.value()));
        }
        return sum;
    }

    /// The largest coins that neither an open swap nor a transaction that waits has taken: a second
    /// one would take the place of the first.
    List<Unspent> spendable(List<Bytes> reserved, int max) throws LedgerException {
        var spendable = new ArrayList<Unspent>();
        for (var coin : largest(reserved)) {
            if (spendable.size() == max) {
                break;
            }
            if (node.isUnspent(coin.outpoint())) {
                spendable.add(coin);
            }
        }
        return spendable;
    }

    private List<Unspent> largest(List<Bytes> reserved) throws LedgerException {
        var taken = new HashSet<>(reserved);
        return confirmed().stream()
                .filter(coin -> !taken.contains(coin.outpoint().encoded()))
                .sorted(Comparator.comparingLong(Unspent::value).reversed())
                .toList();
    }

    /// What transactions that wait spend, but for those of open swaps.
    BigInteger leaving(List<Bytes> reserved) throws LedgerException {
        var sum = BigInteger.ZERO;
        for (var coin : largest(reserved).stream().limit(LARGEST).toList()) {
            if (!node.isUnspent(coin.outpoint())) {
                sum = sum.add(BigInteger.valueOf(coin.value()));
            }
        }
        return sum;
    }

    private void readAll() throws LedgerException {
        height = -1; // In case that the node fails half-way.
        var inventory = node.inventory(script);
        coins.clear();
        inventory.coins().forEach(coin -> coins.put(coin.outpoint(), coin));
        hash = inventory.hash();
        height = inventory.height();
    }

    /// False when there is no block that follows the one before.
    private boolean readNext() throws LedgerException {
        var next = node.blockHash(height + 1);
        if (next.isEmpty()) {
            return false;
        }
        var block = node.block(next.get());
        if (!block.previous().equals(hash)) {
            return false;
        }
        height++;
        hash = block.hash();
        for (var tx : block.transactions()) {
            tx.inputs().forEach(input -> coins.remove(input.spends()));
            for (int index = 0; index < tx.outputs().size(); index++) {
                var output = tx.outputs().get(index);
                if (output.script().equals(script) && coins.size() < COINS_MAX) {
                    var outpoint = new Outpoint(tx.id(), index);
                    coins.put(outpoint, new Unspent(outpoint, output.value(), height));
                }
            }
        }
        return true;
    }
}
