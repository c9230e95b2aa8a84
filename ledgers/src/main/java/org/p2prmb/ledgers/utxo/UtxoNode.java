package org.p2prmb.ledgers.utxo;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The questions to a node that locks need: those that Bitcoin Core and Litecoin 0.21 both answer.
/// The node needs no index of transactions and no wallet.
final class UtxoNode {
    private static final BigDecimal UNITS = BigDecimal.valueOf(100_000_000);
    private static final int KILO = 1_000;
    private static final int UTXOS_MAX = 10_000;

    /// Within how many blocks a transaction is to be in one.
    private static final int FEE_BLOCKS = 3;

    private final Rpc rpc;

    UtxoNode(Rpc rpc) {
        this.rpc = rpc;
    }

    /// @param time the median of the last eleven blocks (BIP 113)
    record Tip(long height, Bytes hash, Instant time) {}

    record Output(long value, Bytes script) {}

    record Input(Outpoint spends, List<Bytes> witness) {}

    record Tx(Bytes id, List<Input> inputs, List<Output> outputs) {}

    record Block(Bytes hash, Bytes previous, List<Tx> transactions) {}

    /// @param height of the block in which it was made
    record Unspent(Outpoint outpoint, long value, long height) {}

    /// All that is there for one script, as of one block.
    record Inventory(long height, Bytes hash, List<Unspent> coins) {}

    Tip tip() throws LedgerException {
        var info = rpc.ask("getblockchaininfo");
        return new Tip(
                Answer.number(info, "blocks"),
                Answer.hex(Answer.text(info, "bestblockhash")),
                Instant.ofEpochSecond(Answer.number(info, "mediantime")));
    }

    /// Empty above the tip.
    Optional<Bytes> blockHash(long height) throws LedgerException {
        try {
            return Optional.of(Answer.hex(Answer.text(rpc.tryAsk("getblockhash", height))));
        } catch (RpcRefusal e) {
            return Optional.empty();
        }
    }

    /// What a block itself says of its time.
    Instant time(Bytes hash) throws LedgerException {
        return Instant.ofEpochSecond(
                Answer.number(rpc.ask("getblockheader", hash.toHex()), "time"));
    }

    Block block(Bytes hash) throws LedgerException {
        var block = rpc.ask("getblock", hash.toHex(), 2);
        var transactions = new ArrayList<Tx>();
        for (var tx : Answer.field(block, "tx")) {
            transactions.add(tx(tx));
        }
        var previous = block.path("previousblockhash").asText();
        return new Block(hash, Answer.hex(previous), List.copyOf(transactions));
    }

    /// A transaction that waits for a block.
    Optional<Tx> waiting(Bytes txId) throws LedgerException {
        try {
            var tx = rpc.tryAsk("getrawtransaction", txId.toHex(), true);
            return tx.has("blockhash") ? Optional.empty() : Optional.of(tx(tx));
        } catch (RpcRefusal e) {
            return Optional.empty();
        }
    }

    private static Tx tx(JsonNode tx) throws LedgerException {
        var inputs = new ArrayList<Input>();
        for (var input : Answer.field(tx, "vin")) {
            if (input.has("txid")) { // A coinbase spends nothing.
                inputs.add(input(input));
            }
        }
        var outputs = new ArrayList<Output>();
        for (var output : Answer.field(tx, "vout")) {
            outputs.add(output(output));
        }
        return new Tx(Answer.hex(Answer.text(tx, "txid")), inputs, outputs);
    }

    private static Output output(JsonNode output) throws LedgerException {
        if (!output.has("scriptPubKey")) {
            return new Output(0, Bytes.EMPTY); // Litecoin's hidden outputs: no script, no amount.
        }
        return new Output(
                units(Answer.decimal(output, "value")),
                Answer.hex(Answer.text(Answer.field(output, "scriptPubKey"), "hex")));
    }

    private static Input input(JsonNode input) throws LedgerException {
        var witness = new ArrayList<Bytes>();
        for (var item : input.path("txinwitness")) {
            witness.add(Answer.hex(Answer.text(item)));
        }
        return new Input(outpoint(input), List.copyOf(witness));
    }

    private static Outpoint outpoint(JsonNode node) throws LedgerException {
        try {
            return new Outpoint(
                    Answer.hex(Answer.text(node, "txid")),
                    Math.toIntExact(Answer.number(node, "vout")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new LedgerException("the node's answer names an output that cannot be", e);
        }
    }

    private static long units(BigDecimal coins) throws LedgerException {
        try {
            return coins.multiply(UNITS).longValueExact();
        } catch (ArithmeticException e) {
            throw new LedgerException("the node's answer has an amount that cannot be", e);
        }
    }

    /// Whether an output of a block is unspent, by what waits for a block too.
    boolean isUnspent(Outpoint outpoint) throws LedgerException {
        return rpc.ask("gettxout", outpoint.txId().toHex(), outpoint.index(), true).isObject();
    }

    /// Which waiting transaction spends an output; the node refuses where it is too old to tell.
    Optional<Bytes> spender(Outpoint outpoint) throws LedgerException, RpcRefusal {
        var question = Map.of("txid", outpoint.txId().toHex(), "vout", (Object) outpoint.index());
        var answer = rpc.tryAsk("gettxspendingprevout", List.of(question)).path(0);
        return answer.has("spendingtxid")
                ? Optional.of(Answer.hex(Answer.text(answer, "spendingtxid")))
                : Optional.empty();
    }

    /// The ids of all that waits for a block.
    List<Bytes> waiting() throws LedgerException {
        var ids = new ArrayList<Bytes>();
        for (var id : rpc.ask("getrawmempool")) {
            ids.add(Answer.hex(Answer.text(id)));
        }
        return ids;
    }

    /// Reads all outputs of the chain, which takes minutes on a large one.
    Inventory inventory(Bytes script) throws LedgerException {
        var scan = rpc.ask("scantxoutset", "start", List.of("raw(" + script.toHex() + ")"));
        if (!scan.path("success").asBoolean()) {
            throw new LedgerException("the node could not read its outputs");
        }
        var coins = new ArrayList<Unspent>();
        for (var coin : Answer.field(scan, "unspents")) {
            if (coins.size() == UTXOS_MAX) {
                throw new LedgerException("our coins are in more than 10000 outputs");
            }
            coins.add(
                    new Unspent(
                            outpoint(coin),
                            units(Answer.decimal(coin, "amount")),
                            Answer.number(coin, "height")));
        }
        return new Inventory(
                Answer.number(scan, "height"), Answer.hex(Answer.text(scan, "bestblock")), coins);
    }

    /// Units for each virtual byte that the next blocks cost; 0 where the node does not know.
    long feeRate() throws LedgerException {
        var estimate = rpc.ask("estimatesmartfee", FEE_BLOCKS);
        long rate = estimate.has("feerate") ? rate(Answer.decimal(estimate, "feerate")) : 0;
        var least = Answer.decimal(rpc.ask("getmempoolinfo"), "mempoolminfee");
        return Math.max(rate, rate(least));
    }

    private static long rate(BigDecimal coinsForKilobyte) throws LedgerException {
        return Math.ceilDiv(units(coinsForKilobyte), KILO);
    }

    void send(Bytes tx) throws LedgerException, RpcRefusal {
        rpc.tryAsk("sendrawtransaction", tx.toHex(), 0); // No limit of the node's to the fee.
    }
}
