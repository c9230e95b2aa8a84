package org.p2prmb.ledgers.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.OutPoint;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxId;

import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigDecimal;

/// A node of a [SimulatedUtxo]: it answers what Bitcoin Core answers, as far as locks ask.
final class SimulatedUtxoNode implements SimulatedNode {
    private static final int COIN_DECIMALS = 8;
    private static final BigDecimal LEAST_FEE = new BigDecimal("0.00001");
    private static final long KILO = 1_000;
    private static final int NOT_FOUND = -5;
    private static final int OUT_OF_RANGE = -8;

    private final SimulatedUtxo chain;
    private long hidden;

    SimulatedUtxoNode(SimulatedUtxo chain) {
        this.chain = chain;
    }

    @Override
    public void hide(long blocks) {
        synchronized (chain) {
            hidden = blocks;
        }
    }

    private long top() {
        return Math.max(0, chain.height() - hidden);
    }

    @Override
    public JsonNode answer(String method, JsonNode params) throws RpcRefusal {
        synchronized (chain) {
            return switch (method) {
                case "getblockchaininfo" -> info();
                case "getblockheader" -> header(params.path(0).asText());
                case "getblockhash" -> hash(params.path(0).asLong());
                case "getblock" -> block(params.path(0).asText());
                case "getrawtransaction" -> waiting(new TxId(params.path(0).asText()));
                case "getrawmempool" -> waiting();
                case "gettxout" -> output(outpoint(params.path(0), params.path(1)));
                case "gettxspendingprevout" -> spender(params.path(0).path(0));
                case "scantxoutset" -> scan(params.path(1).path(0).asText());
                case "estimatesmartfee" -> estimate();
                case "getmempoolinfo" -> JSON.createObjectNode().put("mempoolminfee", LEAST_FEE);
                case "sendrawtransaction" -> {
                    chain.submit(Bytes.hex(params.path(0).asText()));
                    yield NullNode.instance;
                }
                default -> throw new RpcRefusal(RpcRefusal.NO_SUCH_METHOD, "Method not found");
            };
        }
    }

    private JsonNode info() {
        long top = top();
        return JSON.createObjectNode()
                .put("blocks", top)
                .put("bestblockhash", chain.block(top).hash().toHex())
                .put("mediantime", chain.medianTime(top).getEpochSecond());
    }

    private JsonNode hash(long height) throws RpcRefusal {
        if (height > top()) {
            throw new RpcRefusal(OUT_OF_RANGE, "Block height out of range");
        }
        return TextNode.valueOf(chain.block(height).hash().toHex());
    }

    private long height(String hash) throws RpcRefusal {
        var wanted = Bytes.hex(hash);
        for (long height = top(); height >= 0; height--) {
            if (chain.block(height).hash().equals(wanted)) {
                return height;
            }
        }
        throw new RpcRefusal(NOT_FOUND, "Block not found");
    }

    private JsonNode header(String hash) throws RpcRefusal {
        var block = chain.block(height(hash));
        return JSON.createObjectNode().put("hash", hash).put("time", block.time().getEpochSecond());
    }

    private JsonNode block(String hash) throws RpcRefusal {
        long height = height(hash);
        var block = chain.block(height);
        var answer = JSON.createObjectNode().put("hash", hash);
        if (height > 0) {
            answer.put("previousblockhash", block.previous().toHex());
        }
        var transactions = answer.putArray("tx");
        block.transactions().forEach(tx -> transactions.add(transaction(tx)));
        return answer;
    }

    private static ObjectNode transaction(Transaction tx) {
        var answer = JSON.createObjectNode().put("txid", hex(tx.txid));
        var inputs = answer.putArray("vin");
        for (var input : tx.txIn) {
            var told = inputs.addObject();
            if (!Transaction.isCoinbase(tx)) {
                told.put("txid", hex(input.outPoint.txid)).put("vout", input.outPoint.index);
                var witness = told.putArray("txinwitness");
                input.witness.stack.forEach(item -> witness.add(hex(item)));
            }
        }
        var outputs = answer.putArray("vout");
        for (var output : tx.txOut) {
            var told = outputs.addObject().put("value", coins(output.amount.toLong()));
            told.putObject("scriptPubKey").put("hex", hex(output.publicKeyScript));
        }
        return answer;
    }

    private static String hex(TxId id) {
        return hex(id.value);
    }

    private static String hex(ByteVector bytes) {
        return Bytes.wrap(bytes.toByteArray()).toHex();
    }

    private static BigDecimal coins(long units) {
        return BigDecimal.valueOf(units, COIN_DECIMALS);
    }

    private JsonNode waiting(TxId id) throws RpcRefusal {
        var tx = chain.waiting(id);
        if (tx == null) {
            throw new RpcRefusal(NOT_FOUND, "No such mempool transaction");
        }
        return transaction(tx);
    }

    private ArrayNode waiting() {
        var ids = JSON.createArrayNode();
        chain.waiting().forEach(id -> ids.add(hex(id)));
        return ids;
    }

    private JsonNode output(OutPoint output) {
        var waiting = chain.waiting(output.txid);
        boolean exists =
                chain.unspent(top()).containsKey(output)
                        || waiting != null && output.index < waiting.txOut.size();
        return exists && chain.spender(output) == null
                ? JSON.createObjectNode()
                : NullNode.instance;
    }

    private static OutPoint outpoint(JsonNode id, JsonNode index) {
        return new OutPoint(new TxId(id.asText()), index.asLong());
    }

    private JsonNode spender(JsonNode question) {
        var spender = chain.spender(outpoint(question.path("txid"), question.path("vout")));
        var answer = JSON.createArrayNode();
        var told = answer.addObject();
        if (spender != null) {
            told.put("spendingtxid", hex(spender));
        }
        return answer;
    }

    /// @param wanted `raw(<script>)`
    private JsonNode scan(String wanted) {
        var script = new ByteVector(wanted.substring("raw(".length(), wanted.length() - 1));
        long top = top();
        var answer =
                JSON.createObjectNode()
                        .put("success", true)
                        .put("height", top)
                        .put("bestblock", chain.block(top).hash().toHex());
        var found = answer.putArray("unspents");
        chain.unspent(top)
                .forEach((outpoint, coin) -> {
                    if (coin.output().publicKeyScript.equals(script)) {
                        found.addObject()
                                .put("txid", hex(outpoint.txid))
                                .put("vout", outpoint.index)
                                .put("amount", coins(coin.output().amount.toLong()))
                                .put("height", coin.height());
                    }
                });
        return answer;
    }

    private JsonNode estimate() {
        var answer = JSON.createObjectNode();
        return chain.rate() == 0 ? answer : answer.put("feerate", coins(chain.rate() * KILO));
    }
}
