package org.p2prmb.ledgers.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.ledgers.evm.Htlc;
import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A chain with the Ethereum virtual machine of one test, on a node of its own, and what one does
/// to it. Blocks are made by [#mine] alone.
public final class Anvil implements AutoCloseable {
    public static final long CHAIN_ID = 31_337;

    private static final BigInteger GAS = BigInteger.valueOf(3_000_000);

    private final NodeProcess node;
    private final Bytes rich;

    private Anvil(NodeProcess node) throws LedgerException {
        this.node = node;
        this.rich = Answer.data(node.rpc().ask("eth_accounts").get(0));
    }

    public static Anvil start() throws IOException, LedgerException {
        var program = Program.ANVIL.found().getFirst();
        var folder = NodeProcess.newFolder("anvil");
        int port = NodeProcess.freePort();
        var command =
                new ProcessBuilder(
                        program,
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--chain-id",
                        String.valueOf(CHAIN_ID),
                        "--no-mining");
        var node = NodeProcess.start("anvil", command, folder, port, "", "eth_chainId");
        try {
            return new Anvil(node);
        } catch (LedgerException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    /// Where others ask it.
    public String address() {
        return "http://127.0.0.1:%d/".formatted(node.port());
    }

    public JsonRpc rpc() {
        return node.rpc();
    }

    /// A new contract of the locks: its address.
    public Bytes deployHtlc() throws LedgerException {
        return deploy(Htlc.creation());
    }

    /// A new token with 7 decimals, all of which this owner gets.
    public Bytes deployToken(Bytes owner, long supply) throws LedgerException, IOException {
        return deployToken(owner, supply, 0, false);
    }

    /// @param feePercent what it keeps of each transfer
    /// @param isSilent whether it answers nothing to what it does
    public Bytes deployToken(Bytes owner, long supply, int feePercent, boolean isSilent)
            throws LedgerException, IOException {
        var arguments =
                word(BigInteger.valueOf(supply))
                        .concat(word(BigInteger.valueOf(feePercent)))
                        .concat(word(isSilent ? BigInteger.ONE : BigInteger.ZERO));
        var token = deploy(Bytes.hex(tokenCode().path("creation").asText()).concat(arguments));
        payToken(token, owner, supply);
        return token;
    }

    /// Pays tokens of a contract of [#deployToken] whose owner is the rich account.
    public void payToken(Bytes token, Bytes to, long units) throws LedgerException {
        var transfer =
                Bytes.hex("a9059cbb")
                        .concat(word(new BigInteger(1, to.unsafeArray())))
                        .concat(word(BigInteger.valueOf(units)));
        transact(Map.of("from", hex(rich), "to", hex(token), "data", hex(transfer)));
    }

    /// Units of a token that an account has.
    public BigInteger tokens(Bytes token, Bytes account) throws LedgerException {
        var question = Bytes.hex("70a08231").concat(word(new BigInteger(1, account.unsafeArray())));
        var call = Map.of("to", hex(token), "data", hex(question));
        return Answer.quantity(rpc().ask("eth_call", call, "latest"));
    }

    /// An account with many coins, whose key the node has.
    public Bytes rich() {
        return rich;
    }

    private static JsonNode tokenCode() throws IOException {
        try (var resource = Anvil.class.getResourceAsStream("TestToken.json")) {
            return new ObjectMapper().readTree(resource);
        }
    }

    private Bytes deploy(Bytes creation) throws LedgerException {
        var receipt =
                transact(
                        Map.of(
                                "from",
                                hex(rich),
                                "data",
                                hex(creation),
                                "gas",
                                "0x" + GAS.toString(16)));
        return Answer.data(receipt, "contractAddress");
    }

    private JsonNode transact(Map<String, String> transaction) throws LedgerException {
        var id = rpc().ask("eth_sendTransaction", transaction);
        mine(1);
        return rpc().ask("eth_getTransactionReceipt", id);
    }

    public void setBalance(Bytes account, BigInteger units) throws LedgerException {
        rpc().ask("anvil_setBalance", hex(account), "0x" + units.toString(16));
    }

    public BigInteger balance(Bytes account) throws LedgerException {
        return Answer.quantity(rpc().ask("eth_getBalance", hex(account), "latest"));
    }

    public void mine(int blocks) throws LedgerException {
        rpc().ask("anvil_mine", "0x" + Integer.toHexString(blocks));
    }

    /// The time of the next block, in seconds since 1970.
    public void setNextTime(long seconds) throws LedgerException {
        rpc().ask("evm_setNextBlockTimestamp", seconds);
    }

    /// The time of the newest block.
    public Instant time() throws LedgerException {
        var block = rpc().ask("eth_getBlockByNumber", "latest", false);
        return Instant.ofEpochSecond(Answer.count(block, "timestamp"));
    }

    /// The next block's base fee for a unit of gas.
    public void setBaseFee(BigInteger units) throws LedgerException {
        rpc().ask("anvil_setNextBlockBaseFeePerGas", "0x" + units.toString(16));
    }

    /// Replaces the newest blocks by as many empty ones.
    public void reorganise(int blocks) throws LedgerException {
        rpc().ask("anvil_reorg", blocks, List.of());
    }

    /// Has the node forget a transaction that waits.
    public void drop(Bytes txId) throws LedgerException {
        rpc().ask("anvil_dropTransaction", hex(txId));
    }

    /// Has the node forget all that waits.
    public void dropAll() throws LedgerException {
        rpc().ask("anvil_dropAllTransactions");
    }

    private static Bytes word(BigInteger number) {
        return Bytes.hex("%064x".formatted(number));
    }

    private static String hex(Bytes bytes) {
        return "0x" + bytes.toHex();
    }

    @Override
    public void close() {
        node.close();
    }
}
