package org.p2prmb.ledgers.testing;

import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A Litecoin chain of one test, on a node of its own, and what one does to it. Blocks are made by
/// [#mine] alone, and time stands still between calls of [#setTime].
public final class Litecoind implements AutoCloseable {
    /// From here on OP_CHECKLOCKTIMEVERIFY is a rule of regtest.
    private static final int CLTV_HEIGHT = 1_351;

    /// Blocks whose coins are there to be paid out: few, for the wallet takes long over many.
    private static final int PAID_BLOCKS = 30;

    /// Blocks at a time, so that one question stays within its limit on a slow machine.
    private static final int BLOCKS_MAX = 350;

    private static final int PRIORITY = 100_000_000;

    private static final String CREDENTIALS = "test:test";

    private final NodeProcess node;
    private final String nobody;

    private Litecoind(NodeProcess node) throws LedgerException {
        this.node = node;
        rpc().ask("createwallet", "miner");
        rpc().ask("generatetoaddress", PAID_BLOCKS, Answer.text(rpc().ask("getnewaddress")));
        this.nobody = Answer.text(rpc().ask("decodescript", "51"), "p2sh");
        while (Answer.number(rpc().ask("getblockcount")) <= CLTV_HEIGHT) {
            rpc().ask("generatetoaddress", BLOCKS_MAX, nobody);
        }
        setTime(medianTime().plusSeconds(1));
    }

    public static Litecoind start() throws IOException, LedgerException {
        var program = Program.LITECOIND.found();
        var folder = NodeProcess.newFolder("litecoind");
        int port = NodeProcess.freePort();
        var command =
                new ProcessBuilder(
                        program.getFirst(),
                        "-regtest",
                        "-datadir=" + folder,
                        "-server=1",
                        "-listen=0",
                        "-dnsseed=0",
                        "-discover=0",
                        "-rpcbind=127.0.0.1",
                        "-rpcallowip=127.0.0.1",
                        "-rpcport=" + port,
                        "-rpcuser=test",
                        "-rpcpassword=test",
                        "-fallbackfee=0.0001",
                        // As in Bitcoin Core; Litecoin keeps what it saw first.
                        "-mempoolreplacement=1",
                        // Without it block 432 cannot be made: the first one of the extension
                        // needs a transaction of its own.
                        "-vbparams=mweb:4000000000:4000000001");
        if (program.size() > 1) {
            command.environment().put("LD_LIBRARY_PATH", program.get(1));
        }
        var node =
                NodeProcess.start("litecoind", command, folder, port, CREDENTIALS, "getblockcount");
        try {
            return new Litecoind(node);
        } catch (LedgerException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    /// Where others ask it, with user and password.
    public String address() {
        return "http://%s@127.0.0.1:%d/".formatted(CREDENTIALS, node.port());
    }

    public JsonRpc rpc() {
        return node.rpc();
    }

    public void mine(int blocks) throws LedgerException {
        rpc().ask("generatetoaddress", blocks, nobody);
    }

    /// Pays coins to an address, in a block.
    public void pay(String address, String coins) throws LedgerException {
        rpc().ask("sendtoaddress", address, new BigDecimal(coins));
        mine(1);
    }

    /// The node's clock, by which its next blocks are dated.
    public void setTime(Instant now) throws LedgerException {
        rpc().ask("setmocktime", now.getEpochSecond());
    }

    public Instant medianTime() throws LedgerException {
        return Instant.ofEpochSecond(Answer.number(rpc().ask("getblockchaininfo"), "mediantime"));
    }

    /// Takes the newest blocks back, whose transactions wait again: the hash of the lowest one.
    public String takeBack(int blocks) throws LedgerException {
        long height = Answer.number(rpc().ask("getblockcount"));
        var hash = Answer.text(rpc().ask("getblockhash", height - blocks + 1));
        rpc().ask("invalidateblock", hash);
        return hash;
    }

    /// Takes blocks that were taken back for good again.
    public void restore(String hash) throws LedgerException {
        rpc().ask("reconsiderblock", hash);
    }

    /// What the node knows of its chain from here on is what [#crash] may lose.
    public void flush() throws LedgerException {
        rpc().ask("gettxoutsetinfo"); // It writes all to the disk first.
    }

    /// Kills the node and starts it again: it has forgotten what waits, and all blocks since
    /// [#flush] or some.
    ///
    /// @param now its clock's time: blocks that seem to be ahead of it would keep it from starting
    /// @return what [#sync] has to tell it
    public List<String> crash(Instant now) throws LedgerException, IOException {
        var forgotten = new ArrayList<String>();
        long height = Answer.number(rpc().ask("getblockcount"));
        for (long at = Math.max(1, height - BLOCKS_MAX); at <= height; at++) {
            forgotten.add(Answer.text(rpc().ask("getblock", rpc().ask("getblockhash", at), 0)));
        }
        node.crash("getblockcount", "-mocktime=" + now.getEpochSecond());
        rpc().ask("loadwallet", "miner");
        if (Answer.number(rpc().ask("getblockcount")) >= height) {
            throw new AssertionError("the node that was killed has lost no block");
        }
        return forgotten;
    }

    /// Tells the node blocks, as its peers would.
    public void sync(List<String> blocks) throws LedgerException {
        for (var block : blocks) {
            rpc().ask("submitblock", block);
        }
    }

    /// Keeps a transaction that waits out of all blocks.
    public void hold(Bytes txId) throws LedgerException {
        rpc().ask("prioritisetransaction", txId.toHex(), 0, -PRIORITY);
    }

    /// Takes [#hold] back.
    public void release(Bytes txId) throws LedgerException {
        rpc().ask("prioritisetransaction", txId.toHex(), 0, PRIORITY);
    }

    @Override
    public void close() {
        node.close();
    }
}
