package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Fuzz target of the messages of the DHT.
final class KadFuzzTest {
    static Stream<byte[]> seeds() {
        var key = Bytes.utf8("/test/key");
        var record = new KadRecord(key, Bytes.utf8("value"), Optional.of(Instant.EPOCH));
        var address = Multiaddr.parse("/ip4/51.7.1.1/tcp/4001");
        var peer = KadPeer.of(KadWorld.randomId(new SplittableRandom(1)), List.of(address));
        return Stream.of(KadMessage.Type.values())
                .map(type ->
                        new KadMessage(
                                type, key, Optional.of(record), List.of(peer), List.of(peer)))
                .map(message -> KadCodec.encode(message).toArray());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decode(data, encoded -> KadCodec.decode(encoded.toArray()))
                .ifPresent(message ->
                        assertThat(KadCodec.encode(message).size()).isLessThanOrEqualTo(1 << 20));
    }
}
