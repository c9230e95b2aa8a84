package org.p2prmb.ledgers.utxo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.FakeNode;
import org.p2prmb.ledgers.rpc.FakeNode.Reply;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.time.Duration;

/// Both ways in which nodes tell what spends an output; the other tests have an old one.
final class MempoolTest {
    private static final Bytes LOCK = Bytes.hex("aa".repeat(32));
    private static final Bytes SPENDER = Bytes.hex("bb".repeat(32));
    private static final Outpoint OUTPOINT = new Outpoint(LOCK, 1);
    private static final String TX =
            """
            {"result":{"txid":"%s","vout":[],
              "vin":[{"txid":"%s","vout":1,"txinwitness":["01"]}]}}\
            """
                    .formatted(SPENDER, LOCK);
    private static final String NO_SUCH_METHOD =
            "{\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}";

    @Test
    void aNewNodeIsAsked() throws IOException, LedgerException {
        var answer =
                "{\"result\":[{\"txid\":\"%s\",\"vout\":1,\"spendingtxid\":\"%s\"}]}"
                        .formatted(LOCK, SPENDER);
        try (var node = new FakeNode(asked -> Reply.of(isSpender(asked) ? answer : TX));
                var rpc = node.rpc("", Duration.ofSeconds(10))) {
            var found = new Mempool(new UtxoNode(rpc)).spender(OUTPOINT).orElseThrow();
            assertThat(found.id()).isEqualTo(SPENDER);
            assertThat(node.questions.getFirst())
                    .contains("[[{", "\"txid\":\"" + LOCK + "\"", "\"vout\":1", "}]]");
        }
    }

    @Test
    void ofAnOldNodeAllThatWaitsIsReadOnce() throws IOException, LedgerException {
        try (var node = new FakeNode(asked -> Reply.of(old(asked)));
                var rpc = node.rpc("", Duration.ofSeconds(10))) {
            var mempool = new Mempool(new UtxoNode(rpc));
            for (int times = 0; times < 3; times++) {
                assertThat(mempool.spender(OUTPOINT)).map(UtxoNode.Tx::id).contains(SPENDER);
                assertThat(mempool.spender(new Outpoint(LOCK, 0))).isEmpty();
            }
            assertThat(node.questions.stream().filter(MempoolTest::isSpender)).hasSize(1);
            // Once to learn what it spends, and three times because it was asked for.
            assertThat(node.questions.stream().filter(asked -> asked.contains("getrawtransaction")))
                    .hasSize(4);
        }
    }

    private static boolean isSpender(String asked) {
        return asked.contains("gettxspendingprevout");
    }

    private static String old(String asked) {
        if (isSpender(asked)) {
            return NO_SUCH_METHOD;
        }
        return asked.contains("getrawmempool") ? "{\"result\":[\"%s\"]}".formatted(SPENDER) : TX;
    }
}
