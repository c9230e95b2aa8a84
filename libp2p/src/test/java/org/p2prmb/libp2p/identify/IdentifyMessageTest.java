package org.p2prmb.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Nested;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.IdentifyProto;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

final class IdentifyMessageTest {
    private static final KeyPair PEER = KeyPair.generate(new SecureRandom());
    private static final KeyPair OTHER = KeyPair.generate(new SecureRandom());
    private static final Multiaddr PUBLIC = Multiaddr.parse("/ip4/1.2.3.4/tcp/4001");
    private static final Multiaddr PRIVATE = Multiaddr.parse("/ip4/192.168.1.2/tcp/4001");
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    @Test
    @DisplayName("go-libp2p#954: what others take at once")
    void theFirstMessageHasAtMost4096BytesAndTheRecordComesLast() throws IOException {
        var addresses = addresses(60);
        var record = new PeerRecord(PEER.peerId(), 1, addresses).seal(PEER);
        var protocols = IntStream.range(0, 90).mapToObj("/test/long/protocol/%03d/1.0"::formatted);
        var names = protocols.toList();
        var messages =
                IdentifyMessage.encoded(
                        PEER.publicKey(), "agent", addresses, names, PUBLIC, record);

        assertThat(messages).hasSize(2).allMatch(message -> message.length <= 4096);
        var first = IdentifyProto.parseFrom(messages.getFirst());
        assertThat(first.getProtocolsCount()).isEqualTo(90);
        assertThat(first.getListenAddrsCount()).isEqualTo(60);
        assertThat(IdentifyProto.parseFrom(messages.get(1)).hasSignedPeerRecord()).isTrue();
        var info = read(PUBLIC, messages.toArray(byte[][]::new));
        assertThat(info.protocols()).isEqualTo(names);
        assertThat(info.listenAddresses()).isEqualTo(addresses);
    }

    @Test
    @DisplayName("go-libp2p#3501: protocols without end")
    void listsAreCapped() throws IOException {
        var message = IdentifyProto.newBuilder();
        IntStream.range(0, 3_000).forEach(i -> message.addProtocols("/p/" + i));
        addresses(200).forEach(address -> message.addListenAddrs(bytes(address)));
        var info = read(PUBLIC, message.build().toByteArray(), message.build().toByteArray());

        assertThat(info.protocols()).hasSize(1024);
        assertThat(info.listenAddresses()).hasSize(64);
    }

    @Test
    void addressesAreCappedInBytes() throws IOException {
        var label = "/dns4/" + "a".repeat(190);
        var parts = new byte[9][];
        for (var part = 0; part < parts.length; part++) {
            var message = IdentifyProto.newBuilder();
            for (var i = 0; i < 7; i++) {
                var address = label.repeat(5) + "/tcp/" + (1 + 7 * part + i);
                message.addListenAddrs(bytes(Multiaddr.parse(address)));
            }
            parts[part] = message.addListenAddrs(bytes(PUBLIC)).build().toByteArray();
        }
        var kept = read(PUBLIC, parts).listenAddresses();

        assertThat(kept).hasSizeGreaterThan(7).contains(PUBLIC);
        assertThat(kept.stream().mapToInt(address -> address.encoded().size()).sum())
                .isLessThanOrEqualTo(PeerRecord.SEALED_BYTES_MAX);
    }

    @Test
    void whoIsBehindARelaySeesTheRelayAndNotUs() throws IOException {
        var message = IdentifyProto.newBuilder().setObservedAddr(bytes(PRIVATE)).build();
        var relayed = Multiaddr.parse("%s/p2p/%s/p2p-circuit".formatted(PUBLIC, OTHER.peerId()));

        assertThat(read(PUBLIC, message.toByteArray()).observedAddress()).isEqualTo(PRIVATE);
        assertThat(read(relayed, message.toByteArray()).observedAddress()).isNull();
    }

    @Test
    void textsAreCappedAndCannotControlATerminal() throws IOException {
        var message =
                IdentifyProto.newBuilder()
                        .setAgentVersion("a\u001b[31m\u202eb\n" + "\ud83d\ude00".repeat(200))
                        .setProtocolVersion("\u0000\u007fv1")
                        .addProtocols("/ok")
                        .addProtocols("/not\u001bok")
                        .addProtocols("no-slash");
        var info = read(PUBLIC, message.build().toByteArray());

        assertThat(info.agentVersion()).startsWith("a[31mb\ud83d\ude00");
        assertThat(info.agentVersion().codePoints()).hasSize(128);
        assertThat(info.protocolVersion()).isEqualTo("v1");
        assertThat(info.protocols()).containsExactly("/ok");
    }

    @Test
    void addressesOfNarrowerNetworksThanTheConnectionsAreLeftOut() throws IOException {
        var message = listing(PUBLIC, PRIVATE, LOOPBACK);

        assertThat(read(PUBLIC, message).listenAddresses()).containsExactly(PUBLIC);
        assertThat(read(PRIVATE, message).listenAddresses()).containsExactly(PUBLIC, PRIVATE);
        assertThat(read(LOOPBACK, message).listenAddresses())
                .containsExactly(PUBLIC, PRIVATE, LOOPBACK);
    }

    @Test
    @DisplayName("js-libp2p#3478: an empty multiaddr")
    void addressesThatNameAnotherPeerOrNothingKnownAreLeftOut() throws IOException {
        var message =
                IdentifyProto.newBuilder()
                        .addListenAddrs(bytes(PUBLIC.withPeer(PEER.peerId())))
                        .addListenAddrs(bytes(PRIVATE.withPeer(OTHER.peerId())))
                        .addListenAddrs(ByteString.EMPTY)
                        .addListenAddrs(ByteString.copyFrom(new byte[] {1, 2}))
                        .build()
                        .toByteArray();

        assertThat(read(LOOPBACK, message).listenAddresses()).containsExactly(PUBLIC);
    }

    @Test
    void theSignedAddressesCountWhenThereAreSome() throws IOException {
        var record = new PeerRecord(PEER.peerId(), 7, List.of(PUBLIC)).seal(PEER);
        var message =
                IdentifyProto.newBuilder()
                        .addListenAddrs(bytes(Multiaddr.parse("/ip4/9.9.9.9/tcp/9")))
                        .setSignedPeerRecord(ByteString.copyFrom(record.toArray()))
                        .build()
                        .toByteArray();

        assertThat(read(PUBLIC, message).listenAddresses()).containsExactly(PUBLIC);
    }

    @Test
    @DisplayName("CVE-2023-40583: signed records of other peers")
    void keysAndRecordsOfOthersAreRefused() {
        var key = ByteString.copyFrom(OTHER.publicKey().encoded().toArray());
        var record = new PeerRecord(OTHER.peerId(), 1, List.of(PUBLIC)).seal(OTHER);
        var foreignKey = IdentifyProto.newBuilder().setPublicKey(key).build().toByteArray();
        var foreignRecord =
                IdentifyProto.newBuilder()
                        .setSignedPeerRecord(ByteString.copyFrom(record.toArray()))
                        .build()
                        .toByteArray();

        assertThatThrownBy(() -> read(PUBLIC, foreignKey)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> read(PUBLIC, foreignRecord))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("record of another peer");
    }

    @Test
    void theKeyThatWasToldIsReportedAndStaysWhenAPushNamesNone() throws IOException {
        var key = ByteString.copyFrom(PEER.publicKey().encoded().toArray());
        var told = IdentifyProto.newBuilder().setPublicKey(key).build().toByteArray();
        var known = read(PUBLIC, told);

        assertThat(known.publicKey()).isEqualTo(PEER.publicKey().encoded());
        assertThat(IdentifyMessage.of(known).info(new From(PUBLIC)).publicKey())
                .isEqualTo(PEER.publicKey().encoded());
        assertThat(read(PUBLIC, listing(PUBLIC)).publicKey()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void aPushChangesOnlyWhatItNamesAndNoOlderRecordCounts() throws IOException {
        var newer = new PeerRecord(PEER.peerId(), 2, List.of(PUBLIC));
        var known =
                new PeerInfo(
                        PEER.peerId(), List.of(PUBLIC), List.of("/a"), PUBLIC, "v", "agent", newer);
        var older = new PeerRecord(PEER.peerId(), 1, List.of(LOOPBACK)).seal(PEER);
        var push =
                IdentifyProto.newBuilder()
                        .addProtocols("/b")
                        .setSignedPeerRecord(ByteString.copyFrom(older.toArray()))
                        .build()
                        .toByteArray();
        var message = IdentifyMessage.of(known);
        message.merge(push);

        assertThat(message.info(new From(LOOPBACK)))
                .isEqualTo(
                        new PeerInfo(
                                PEER.peerId(),
                                List.of(PUBLIC),
                                List.of("/b"),
                                PUBLIC,
                                "v",
                                "agent",
                                newer));
    }

    /// go-libp2p kept certified addresses that a newer record no longer had.
    @Test
    void aNewerRecordEndsTheAddressesOfTheOlder() throws IOException {
        var older = new PeerRecord(PEER.peerId(), 1, List.of(PUBLIC, PRIVATE));
        var known =
                new PeerInfo(
                        PEER.peerId(), older.addresses(), List.of(), PUBLIC, "v", "agent", older);
        var newer = new PeerRecord(PEER.peerId(), 2, List.of(PRIVATE));
        var message = IdentifyMessage.of(known);
        message.merge(
                IdentifyProto.newBuilder()
                        .setSignedPeerRecord(ByteString.copyFrom(newer.seal(PEER).toArray()))
                        .build()
                        .toByteArray());

        assertThat(message.info(new From(LOOPBACK)).listenAddresses()).containsExactly(PRIVATE);
    }

    @Test
    void deeplyNestedFieldsAreRefused() {
        var nested = Bytes.wrap(listing(PUBLIC)).concat(Nested.groups()).toArray();

        assertThatThrownBy(() -> read(PUBLIC, nested)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void junkIsAProtocolFaultAndNothingWorse() {
        var record = new PeerRecord(PEER.peerId(), 1, List.of(PUBLIC)).seal(PEER);
        var good =
                IdentifyMessage.encoded(
                        PEER.publicKey(), "agent", List.of(PUBLIC), List.of("/a"), PUBLIC, record);
        Seeds.forEach(
                2_000,
                random -> {
                    var junk = Seeds.mutate(random, good.getFirst());
                    try {
                        assertThat(read(PUBLIC, junk).peer()).isEqualTo(PEER.peerId());
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageMatching(".+");
                    }
                });
    }

    private static byte[] listing(Multiaddr... addresses) {
        var message = IdentifyProto.newBuilder();
        List.of(addresses).forEach(address -> message.addListenAddrs(bytes(address)));
        return message.build().toByteArray();
    }

    private static PeerInfo read(Multiaddr remote, byte[]... messages) throws IOException {
        var message = new IdentifyMessage();
        for (var encoded : messages) {
            message.merge(encoded);
        }
        return message.info(new From(remote));
    }

    private static List<Multiaddr> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Multiaddr.parse("/ip4/1.2.3.4/tcp/" + (4000 + i)))
                .toList();
    }

    private static ByteString bytes(Multiaddr address) {
        return ByteString.copyFrom(address.encoded().toArray());
    }

    /// A connection with [#PEER], of which only the remote's end is known.
    private record From(Multiaddr remoteAddress) implements Connection {
        @Override
        public PeerId remotePeer() {
            return PEER.peerId();
        }

        @Override
        public PublicKey remotePublicKey() {
            return PEER.publicKey();
        }

        @Override
        public Multiaddr localAddress() {
            return LOOPBACK;
        }

        @Override
        public boolean outbound() {
            return false;
        }

        @Override
        public Stream open(List<String> protocols, Duration limit) throws IOException {
            throw new IOException("carries no streams");
        }

        @Override
        public Traffic traffic() {
            return new Traffic(0, 0);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
