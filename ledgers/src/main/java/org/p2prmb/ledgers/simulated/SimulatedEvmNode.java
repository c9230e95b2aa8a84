package org.p2prmb.ledgers.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;

import org.p2prmb.ledgers.evm.Htlc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.simulated.EvmState.Reverted;
import org.p2prmb.ledgers.simulated.SimulatedEvm.Block;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;

/// A node of a [SimulatedEvm]: it answers what nodes answer, as far as locks ask.
final class SimulatedEvmNode implements SimulatedNode {
    private static final int REVERTED = 3;

    private final SimulatedEvm chain;
    private long hidden;

    SimulatedEvmNode(SimulatedEvm chain) {
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
                case "eth_chainId" -> quantity(chain.chainId());
                case "eth_getBlockByNumber" -> block(params.path(0).asText());
                case "eth_getTransactionCount" ->
                        nonce(bytes(params.path(0)), params.path(1).asText());
                case "eth_getBalance" ->
                        quantity(state("latest").balance(Bytes.EMPTY, bytes(params.path(0))));
                case "eth_getCode" ->
                        data(chain.isHtlc(bytes(params.path(0))) ? Htlc.code() : Bytes.EMPTY);
                case "eth_call" -> call(params.path(0), params.path(1).asText());
                case "eth_getLogs" -> logs(params.path(0));
                case "eth_getTransactionReceipt" -> receipt(bytes(params.path(0)));
                case "eth_getTransactionByHash" -> transaction(bytes(params.path(0)));
                case "eth_sendRawTransaction" -> {
                    chain.submit(bytes(params.path(0)));
                    yield NullNode.instance;
                }
                default -> throw new RpcRefusal(RpcRefusal.NO_SUCH_METHOD, "Method not found");
            };
        }
    }

    private static Bytes bytes(JsonNode hex) {
        return Bytes.hex(hex.asText().substring(2));
    }

    private static JsonNode data(Bytes bytes) {
        return TextNode.valueOf(hex(bytes));
    }

    private static String hex(Bytes bytes) {
        return "0x" + bytes.toHex();
    }

    private static JsonNode quantity(long number) {
        return quantity(BigInteger.valueOf(number));
    }

    private static JsonNode quantity(BigInteger number) {
        return TextNode.valueOf("0x" + number.toString(16));
    }

    /// @param block `latest`, or its number
    private long height(String block) {
        return block.equals("latest") ? top() : Long.parseLong(block.substring(2), 16);
    }

    private EvmState state(String block) {
        return chain.block(height(block)).state();
    }

    private JsonNode nonce(Bytes account, String block) {
        return quantity(
                block.equals("pending")
                        ? chain.pendingNonce(account)
                        : state(block).nonce(account));
    }

    private JsonNode block(String which) {
        if (which.equals("pending")) {
            var answer = JSON.createObjectNode();
            var transactions = answer.putArray("transactions");
            for (var tx : chain.pending()) {
                transactions
                        .addObject()
                        .put("from", hex(tx.call().from()))
                        .put("to", hex(tx.call().to()))
                        .put("input", hex(tx.call().data()));
            }
            return answer;
        }
        long height = height(which);
        if (height > top()) {
            return NullNode.instance;
        }
        var block = chain.block(height);
        var answer = JSON.createObjectNode().put("hash", hex(block.hash()));
        answer.set("number", quantity(height));
        answer.set("timestamp", quantity(block.time().getEpochSecond()));
        answer.set("baseFeePerGas", quantity(chain.baseFee()));
        return answer;
    }

    private JsonNode call(JsonNode message, String block) throws RpcRefusal {
        try {
            return data(
                    chain.call(
                                    bytes(message.path("to")),
                                    bytes(message.path("data")),
                                    height(block))
                            .answer());
        } catch (Reverted e) {
            throw new RpcRefusal(REVERTED, "execution reverted: " + e.getMessage());
        }
    }

    private ArrayNode logs(JsonNode filter) {
        var answer = JSON.createArrayNode();
        var about = bytes(filter.path("topics").path(1));
        long from = height(filter.path("fromBlock").asText());
        long to = Math.min(top(), height(filter.path("toBlock").asText()));
        for (long height : chain.busy(from, to)) {
            log(chain.block(height), height, about, answer);
        }
        return answer;
    }

    private static void log(Block block, long height, Bytes about, ArrayNode into) {
        for (var included : block.included()) {
            var event = included.event().filter(it -> it.about().equals(about));
            if (event.isPresent()) {
                var log = into.addObject();
                log.putArray("topics").add(hex(event.get().topic())).add(hex(about));
                log.put("data", hex(event.get().data()));
                log.put("blockHash", hex(block.hash()));
                log.put("transactionHash", hex(included.tx().id()));
                log.set("blockNumber", quantity(height));
            }
        }
    }

    private JsonNode receipt(Bytes id) {
        for (long height : chain.busy(0, top()).reversed()) {
            for (var included : chain.block(height).included()) {
                if (included.tx().id().equals(id)) {
                    var answer =
                            JSON.createObjectNode()
                                    .put("blockHash", hex(chain.block(height).hash()));
                    answer.set("status", quantity(included.succeeded() ? 1 : 0));
                    answer.set("blockNumber", quantity(height));
                    return answer;
                }
            }
        }
        return NullNode.instance;
    }

    private JsonNode transaction(Bytes id) {
        return chain.isWaiting(id) ? JSON.createObjectNode() : receipt(id);
    }
}
