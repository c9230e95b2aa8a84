package org.p2prmb.ledgers.evm;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The questions to a node that locks need.
final class EvmNode {
    /// Providers answer no more in one go.
    private static final long LOG_BLOCKS_MAX = 2_000;

    /// Of one lock; it makes three at most.
    private static final int LOGS_MAX = 100;

    private static final int PENDING_MAX = 100_000;

    private final JsonRpc rpc;

    EvmNode(JsonRpc rpc) {
        this.rpc = rpc;
    }

    record Block(long number, Bytes hash, Instant time, BigInteger baseFee) {}

    record Log(Bytes topic, Bytes data, long height, Bytes blockHash, Bytes txId) {}

    record Call(Bytes from, Bytes data) {}

    long chainId() throws LedgerException {
        return Answer.count(rpc.ask("eth_chainId"));
    }

    void requireChain(long wanted) throws LedgerException {
        long chain = chainId();
        if (chain != wanted) {
            throw new LedgerException("the node is on chain %d, not %d".formatted(chain, wanted));
        }
    }

    Block latest() throws LedgerException {
        return block(rpc.ask("eth_getBlockByNumber", "latest", false));
    }

    /// Nothing above the tip.
    Optional<Block> block(long height) throws LedgerException {
        var answer = rpc.ask("eth_getBlockByNumber", hex(height), false);
        return answer.isObject() ? Optional.of(block(answer)) : Optional.empty();
    }

    /// Whether the chain still holds this block.
    boolean holds(Block block) throws LedgerException {
        return block(block.number()).filter(now -> now.hash().equals(block.hash())).isPresent();
    }

    private static Block block(JsonNode answer) throws LedgerException {
        if (!answer.has("baseFeePerGas")) {
            throw new LedgerException("the chain has no fees as EIP-1559 has them");
        }
        return new Block(
                Answer.count(answer, "number"),
                Answer.data(answer, "hash"),
                Instant.ofEpochSecond(Answer.count(answer, "timestamp")),
                Answer.quantity(Answer.field(answer, "baseFeePerGas")));
    }

    /// How many transactions of this account are in blocks.
    long nonce(Bytes account) throws LedgerException {
        return Answer.count(rpc.ask("eth_getTransactionCount", hex(account), "latest"));
    }

    long nonce(Bytes account, long height) throws LedgerException {
        return Answer.count(rpc.ask("eth_getTransactionCount", hex(account), hex(height)));
    }

    /// How many are in blocks or wait for one.
    long pendingNonce(Bytes account) throws LedgerException {
        return Answer.count(rpc.ask("eth_getTransactionCount", hex(account), "pending"));
    }

    BigInteger balance(Bytes account) throws LedgerException {
        return Answer.quantity(rpc.ask("eth_getBalance", hex(account), "latest"));
    }

    Bytes code(Bytes contract) throws LedgerException {
        return Answer.data(rpc.ask("eth_getCode", hex(contract), "latest"));
    }

    Bytes call(Bytes contract, Bytes data) throws LedgerException {
        return Answer.data(rpc.ask("eth_call", message(contract, data), "latest"));
    }

    Bytes call(Bytes contract, Bytes data, long height) throws LedgerException {
        return Answer.data(rpc.ask("eth_call", message(contract, data), hex(height)));
    }

    /// What a call would fail with in the newest block; empty when it would not.
    Optional<String> wouldFail(Bytes contract, Bytes data) throws LedgerException {
        try {
            rpc.tryAsk("eth_call", message(contract, data), "latest");
            return Optional.empty();
        } catch (RpcRefusal e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// Gas that a transaction would use; refused when it would fail.
    ///
    /// @param to empty when it makes a contract
    long estimateGas(Bytes from, Bytes to, BigInteger value, Bytes data)
            throws LedgerException, RpcRefusal {
        var message = new HashMap<String, String>();
        message.put("from", hex(from));
        message.put("value", "0x" + value.toString(16));
        message.put("data", hex(data));
        if (to.size() > 0) {
            message.put("to", hex(to));
        }
        return Answer.count(rpc.tryAsk("eth_estimateGas", message));
    }

    private static Map<String, String> message(Bytes contract, Bytes data) {
        return Map.of("to", hex(contract), "data", hex(data));
    }

    /// What a contract has logged about one thing, in order.
    List<Log> logs(Bytes contract, Bytes about, long from, long to) throws LedgerException {
        var logs = new ArrayList<Log>();
        for (long start = from; start <= to; start += LOG_BLOCKS_MAX) {
            var filter =
                    Map.of(
                            "address",
                            hex(contract),
                            "topics",
                            Arrays.asList(null, hex(about)),
                            "fromBlock",
                            hex(start),
                            "toBlock",
                            hex(Math.min(to, start + LOG_BLOCKS_MAX - 1)));
            for (var log : rpc.ask("eth_getLogs", filter)) {
                if (logs.size() == LOGS_MAX) {
                    throw new LedgerException("the node tells too many events of one lock");
                }
                logs.add(log(log));
            }
        }
        return logs;
    }

    private static Log log(JsonNode answer) throws LedgerException {
        var topics = Answer.field(answer, "topics");
        if (topics.isEmpty()) {
            throw new LedgerException("the node's answer has an event without a name");
        }
        return new Log(
                Answer.data(topics.get(0)),
                Answer.data(answer, "data"),
                Answer.count(answer, "blockNumber"),
                Answer.data(answer, "blockHash"),
                Answer.data(answer, "transactionHash"));
    }

    /// Whether a transaction is in a block, and in this one, and did what it should (R19).
    boolean succeeded(Bytes txId, Bytes blockHash) throws LedgerException {
        var receipt = rpc.ask("eth_getTransactionReceipt", hex(txId));
        return receipt.isObject()
                && Answer.count(receipt, "status") == 1
                && Answer.data(receipt, "blockHash").equals(blockHash);
    }

    /// Whether a transaction did what it should; empty while it is in no block.
    Optional<Boolean> succeeded(Bytes txId) throws LedgerException {
        var receipt = rpc.ask("eth_getTransactionReceipt", hex(txId));
        return receipt.isObject()
                ? Optional.of(Answer.count(receipt, "status") == 1)
                : Optional.empty();
    }

    boolean isInABlock(Bytes txId) throws LedgerException {
        return rpc.ask("eth_getTransactionReceipt", hex(txId)).isObject();
    }

    /// Whether the node has a transaction that waits for a block.
    boolean isWaiting(Bytes txId) throws LedgerException {
        var tx = rpc.ask("eth_getTransactionByHash", hex(txId));
        return tx.isObject() && !tx.hasNonNull("blockNumber");
    }

    /// The calls of a contract that wait for a block, as far as the node tells.
    List<Call> waitingCalls(Bytes contract) throws LedgerException {
        JsonNode block;
        try {
            block = rpc.tryAsk("eth_getBlockByNumber", "pending", true);
        } catch (RpcRefusal e) {
            return List.of(); // Not every node shows what waits; it is a bonus.
        }
        var calls = new ArrayList<Call>();
        for (var tx : block.path("transactions")) {
            if (tx.path("to").asText().equalsIgnoreCase(hex(contract))
                    && calls.size() < PENDING_MAX) {
                calls.add(new Call(Answer.data(tx, "from"), Answer.data(tx, "input")));
            }
        }
        return calls;
    }

    void send(Bytes tx) throws LedgerException, RpcRefusal {
        rpc.tryAsk("eth_sendRawTransaction", hex(tx));
    }

    private static String hex(Bytes bytes) {
        return "0x" + bytes.toHex();
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
