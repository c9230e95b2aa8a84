package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.wire.KadMessageProto;
import org.p2prmb.discovery.wire.KadPeerProto;
import org.p2prmb.discovery.wire.KadRecordProto;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

final class KadCodecTest {
    private final SplittableRandom random = new SplittableRandom(5);

    private KadPeer peer(int addresses) {
        var all = new ArrayList<Multiaddr>();
        for (int number = 0; number < addresses; number++) {
            all.add(Multiaddr.parse("/ip4/51.7.1.%d/tcp/4001".formatted(number)));
        }
        return KadPeer.of(KadWorld.randomId(random), all);
    }

    private static KadMessage decoded(KadMessageProto proto) throws ProtocolException {
        return KadCodec.decode(proto.toByteArray());
    }

    @Test
    void aMessageIsReadAsItWasWritten() throws ProtocolException {
        var key = Bytes.utf8("/test/key");
        var record =
                new KadRecord(
                        key,
                        Bytes.utf8("value"),
                        Optional.of(Instant.parse("2030-01-01T00:00:00Z")));
        for (var type : KadMessage.Type.values()) {
            var message =
                    new KadMessage(
                            type,
                            key,
                            Optional.of(record),
                            List.of(peer(2), peer(0)),
                            List.of(peer(16)));
            assertThat(KadCodec.decode(KadCodec.encode(message).unsafeArray())).isEqualTo(message);
        }
    }

    @Test
    void theStandardBytesOfAFindNode() {
        assertThat(KadCodec.encode(KadMessage.findNode(Bytes.hex("0102"))))
                .isEqualTo(Bytes.hex("0804" + "12020102"));
        assertThat(
                        KadCodec.encode(
                                KadMessage.putValue(
                                        new KadRecord(Bytes.hex("01"), Bytes.hex("02")))))
                .isEqualTo(Bytes.hex("0800" + "120101" + "1a060a0101120102"));
    }

    @Test
    @DisplayName("rust-libp2p#920, rust-libp2p#1622, rust-libp2p#1730, nim-libp2p#2788: limits")
    void whatWeWriteFitsTheSmallestReaderHoweverManyAddressesThereAre() throws ProtocolException {
        var long1 = Multiaddr.parse("/dns4/" + "a".repeat(60) + "." + "b".repeat(60) + "/tcp/1");
        var peers = new ArrayList<KadPeer>();
        for (int number = 0; number < 40; number++) {
            peers.add(
                    KadPeer.of(
                            KadWorld.randomId(random),
                            java.util.Collections.nCopies(KadPeer.ADDRESSES_MAX, long1)));
        }
        var value = Bytes.wrap(new byte[RecordStore.VALUE_BYTES_MAX]);
        var key = Bytes.utf8("/test/key");
        var answer =
                KadMessage.getValue(key)
                        .answeredWith(
                                Optional.of(new KadRecord(key, value)),
                                peers.subList(0, 20),
                                peers);
        var encoded = KadCodec.encode(answer);
        assertThat(encoded.size()).isLessThanOrEqualTo(KadCodec.WRITE_MAX);
        var read = KadCodec.decode(encoded.unsafeArray());
        assertThat(read.closer()).hasSize(20);
        assertThat(read.record().orElseThrow().value()).isEqualTo(value);
    }

    @Test
    void athousandPeersInAnAnswerAreReadUpToTheLimit() throws ProtocolException {
        var proto = KadMessageProto.newBuilder().setType(KadMessageProto.Type.FIND_NODE);
        for (int number = 0; number < 1_000; number++) {
            var id = ByteString.copyFrom(KadWorld.randomId(random).multihash().unsafeArray());
            proto.addCloserPeers(KadPeerProto.newBuilder().setId(id));
            proto.addProviderPeers(KadPeerProto.newBuilder().setId(id));
        }
        var message = decoded(proto.build());
        assertThat(message.closer()).hasSize(KadMessage.PEERS_MAX);
        assertThat(message.providers()).hasSize(KadMessage.PEERS_MAX);
    }

    @Test
    void peersAndAddressesThatMakeNoSenseAreLeftOut() throws ProtocolException {
        var id = KadWorld.randomId(random);
        var other = KadWorld.randomId(random);
        var good = Multiaddr.parse("/ip4/51.7.1.1/tcp/4001");
        var proto =
                KadMessageProto.newBuilder()
                        .addCloserPeers(KadPeerProto.getDefaultInstance())
                        .addCloserPeers(
                                KadPeerProto.newBuilder()
                                        .setId(ByteString.copyFrom(id.multihash().unsafeArray()))
                                        .addAddrs(ByteString.EMPTY)
                                        .addAddrs(ByteString.copyFromUtf8("no address"))
                                        .addAddrs(bytes(good.withPeer(other)))
                                        .addAddrs(bytes(good.withPeer(id))));
        assertThat(decoded(proto.build()).closer()).containsExactly(KadPeer.of(id, List.of(good)));
    }

    private static ByteString bytes(Multiaddr address) {
        return ByteString.copyFrom(address.encoded().unsafeArray());
    }

    @Test
    @DisplayName("py-libp2p#1425: times that are none")
    void aTimeThatIsNoneIsAsNone() throws ProtocolException {
        for (var text : List.of("", "yesterday", "2030-13-01T00:00:00Z")) {
            var proto =
                    KadMessageProto.newBuilder()
                            .setRecord(KadRecordProto.newBuilder().setTimeReceived(text));
            assertThat(decoded(proto.build()).record().orElseThrow().receivedAt()).isEmpty();
        }
        var withOffset =
                KadMessageProto.newBuilder()
                        .setRecord(
                                KadRecordProto.newBuilder()
                                        .setTimeReceived("2030-01-01T02:00:00.123456789+02:00"));
        assertThat(decoded(withOffset.build()).record().orElseThrow().receivedAt())
                .contains(Instant.parse("2030-01-01T00:00:00.123456789Z"));
    }

    @Test
    void unknownFieldsAreIgnoredAndUnknownTypesRefused() throws ProtocolException {
        var ttl = Bytes.hex("0804" + "120101" + "5005" + "8a3e01ff" + "1a03c83e05");
        assertThat(KadCodec.decode(ttl.unsafeArray()).key()).isEqualTo(Bytes.hex("01"));
        assertThatThrownBy(() -> KadCodec.decode(Bytes.hex("0809").unsafeArray()))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(
                        () -> KadCodec.decode(Bytes.hex("12ff02" + "00".repeat(383)).unsafeArray()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("key of 383 bytes");
    }

    @Test
    void damagedMessagesAreRefusedOrReadAndNothingElse() {
        var message =
                new KadMessage(
                        KadMessage.Type.GET_VALUE,
                        Bytes.utf8("/test/key"),
                        Optional.of(new KadRecord(Bytes.utf8("/test/key"), Bytes.utf8("value"))),
                        List.of(peer(3)),
                        List.of(peer(1)));
        var encoded = KadCodec.encode(message).toArray();
        Seeds.forEach(
                5_000,
                seeded -> {
                    try {
                        KadCodec.encode(KadCodec.decode(Seeds.mutate(seeded, encoded)));
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageNotContaining("null");
                    }
                });
    }
}
