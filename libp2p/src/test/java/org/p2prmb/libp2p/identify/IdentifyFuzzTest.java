package org.p2prmb.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// Fuzz target of what a peer says of itself, in one message and pushed again in a second.
final class IdentifyFuzzTest {
    private static final int PROTOCOLS_MAX = 1024;
    private static final int ADDRESSES_MAX = 64;
    private static final KeyPair US = KeyPair.ed25519(Bytes.wrap(new byte[32]));
    private static final KeyPair PEER = KeyPair.ed25519(Bytes.hex("01".repeat(32)));
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/1.2.3.4/tcp/4001");
    private static final ConnectionPair CONNECTION = new ConnectionPair(US, PEER);

    static List<byte[]> messages() {
        var record = new PeerRecord(PEER.peerId(), 1, List.of(ADDRESS)).seal(PEER);
        return IdentifyMessage.encoded(
                PEER.publicKey(),
                "agent",
                List.of(ADDRESS),
                List.of("/a/1.0.0", "/b"),
                ADDRESS,
                record);
    }

    @MethodSource("messages")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decode(data, encoded -> read(new IdentifyMessage(), encoded))
                .ifPresent(info -> {
                    assertThat(info.peer()).isEqualTo(PEER.peerId());
                    assertThat(info.protocols()).hasSizeLessThanOrEqualTo(PROTOCOLS_MAX);
                    assertThat(info.listenAddresses()).hasSizeLessThanOrEqualTo(ADDRESSES_MAX);
                    Untrusted.decode(data, encoded -> read(IdentifyMessage.of(info), encoded));
                });
    }

    private static PeerInfo read(IdentifyMessage message, Bytes encoded) throws ProtocolException {
        message.merge(encoded.toArray());
        return message.info(CONNECTION.left());
    }
}
