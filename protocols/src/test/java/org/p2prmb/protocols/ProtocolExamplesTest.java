package org.p2prmb.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.MessageFrame;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.message.SignedMessage;
import org.p2prmb.protocols.message.Uid;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Watchers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The worked examples of docs/protocol.md are what this code makes.
final class ProtocolExamplesTest {
    private static final KeyPair ALICE = KeyPair.ed25519(seed(1));
    private static final KeyPair BOB = KeyPair.ed25519(seed(2));

    private static Bytes seed(int value) {
        var seed = new byte[32];
        Arrays.fill(seed, (byte) value);
        return Bytes.wrap(seed);
    }

    private static Map<String, Bytes> examples() throws IOException {
        var lease =
                SignedLease.seal(
                        new Lease(
                                ALICE.peerId(),
                                7,
                                Duration.ofSeconds(120),
                                Duration.ofSeconds(30),
                                Watchers.NONE.commitment(),
                                3,
                                false),
                        ALICE);
        var header =
                new Header(
                        new Uid(Bytes.hex("000102030405060708090a0b0c0d0e0f")),
                        BOB.peerId(),
                        Instant.ofEpochMilli(1_800_000_000_000L),
                        Duration.ofSeconds(300),
                        "");
        var request =
                SignedMessage.seal(
                        new RmbMessage(
                                header,
                                ALICE.peerId(),
                                new RmbMessage.Kind.Request("echo"),
                                RmbMessage.JSON,
                                Bytes.utf8("{}"),
                                Optional.empty()),
                        ALICE);
        var condition = SearchCondition.of("barber", Map.of("city", "Ghent"));
        var examples = new LinkedHashMap<String, Bytes>();
        examples.put("Alice's peer id", ALICE.peerId().multihash());
        examples.put("Bob's peer id", BOB.peerId().multihash());
        examples.put("condition key", condition.conditionKey());
        examples.put("lease", StatementKind.ALIVE.open(lease.envelope()).payload());
        examples.put("signature", StatementKind.ALIVE.open(lease.envelope()).signature());
        examples.put("envelope", lease.envelope());
        examples.put("content", StatementKind.MESSAGE.open(request.envelope()).payload());
        examples.put("frame", MessageFrame.clear(request).encoded());
        return examples;
    }

    @Test
    void theDocumentShowsWhatTheCodeMakes() throws IOException {
        var document = Files.readString(Path.of("..", "docs", "protocol.md")).replaceAll("\\s", "");
        examples().forEach((name, bytes) -> assertThat(document).as(name).contains(bytes.toHex()));
    }
}
