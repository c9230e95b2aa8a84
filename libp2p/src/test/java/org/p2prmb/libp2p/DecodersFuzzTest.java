package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Multibase;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.SignedEnvelope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// Fuzz targets of everything here that reads bytes of strangers.
///
/// The default build replays the seeds in `DecodersFuzzTestInputs`. New ones are looked for one
/// target at a time, with `JAZZER_FUZZ=1` in the environment and `-Djazzer.hooks=true`.
final class DecodersFuzzTest {
    private static final String DOMAIN = "test";
    private static final Bytes TYPE = Bytes.hex("0301");
    private static final KeyPair KEYS = KeyPair.ed25519(Bytes.wrap(new byte[32]));

    @FuzzTest(maxDuration = "1m")
    void multiaddr(byte[] data) {
        Untrusted.decode(data, Multiaddr::decode)
                .ifPresent(address -> {
                    assertThat(address.encoded()).isEqualTo(Bytes.copyOf(data));
                    assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
                });
    }

    static Stream<byte[]> addresses() {
        return Stream.of(
                        "/ip4/1.2.3.4/tcp/4001",
                        "/ip6/::1/udp/1/quic-v1",
                        "/dns4/example.com/tcp/443/tls/ws",
                        "/unix/a/b",
                        "/ip4/1.2.3.4/tcp/1/p2p/" + KEYS.peerId() + "/p2p-circuit")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("addresses")
    @FuzzTest(maxDuration = "1m")
    void multiaddrText(byte[] data) {
        Untrusted.parse(text -> Multiaddr.parse(text.toUtf8()), data)
                .ifPresent(address ->
                        assertThat(Multiaddr.parse(address.toString())).isEqualTo(address));
    }

    @FuzzTest(maxDuration = "1m")
    void peerId(byte[] data) {
        Untrusted.decode(data, PeerId::decode)
                .ifPresent(id -> {
                    assertThat(PeerId.parse(id.toString())).isEqualTo(id);
                    id.inlinedKey().ifPresent(key -> assertThat(key.peerId()).isEqualTo(id));
                });
    }

    static Stream<byte[]> ids() {
        return Stream.of(
                        KEYS.peerId().toString(),
                        "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
                        "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe",
                        "k51qzi5uqu5dkwkqm42v9j9kqcam2jiuvloi16g72i4i4amoo2m8u3ol3mqu6s")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("ids")
    @FuzzTest(maxDuration = "1m")
    void peerIdText(byte[] data) {
        Untrusted.parse(text -> PeerId.parse(text.toUtf8()), data)
                .ifPresent(id -> assertThat(PeerId.parse(id.toString())).isEqualTo(id));
        Untrusted.parse(text -> Multibase.decode(text.toUtf8()), data);
    }

    @FuzzTest(maxDuration = "1m")
    void publicKey(byte[] data) {
        Untrusted.decode(data, PublicKey::decode)
                .ifPresent(key -> assertThat(key.encoded()).isEqualTo(Bytes.copyOf(data)));
    }

    @MethodSource("privateKeys")
    @FuzzTest(maxDuration = "1m")
    void privateKey(byte[] data) {
        Untrusted.decode(data, KeyPair::decode)
                .ifPresent(keys -> assertThat(keys.peerId()).isNotNull());
    }

    static Stream<byte[]> privateKeys() {
        return Vectors.at("keys", "vectors")
                .valueStream()
                .map(vector -> Vectors.bytes(vector, "private_key_pb").toArray());
    }

    @FuzzTest(maxDuration = "1m")
    void peerRecord(byte[] data) {
        Untrusted.decode(data, PeerRecord::open)
                .ifPresent(record ->
                        assertThat(record.addresses())
                                .hasSizeLessThanOrEqualTo(PeerRecord.ADDRESSES_MAX));
    }

    static Stream<byte[]> envelopes() {
        return Stream.of(
                SignedEnvelope.seal(KEYS, DOMAIN, TYPE, Bytes.hex("01")).encoded().toArray());
    }

    @MethodSource("envelopes")
    @FuzzTest(maxDuration = "1m")
    void envelope(byte[] data) {
        Untrusted.decode(data, encoded -> SignedEnvelope.open(encoded, DOMAIN, TYPE))
                .ifPresent(envelope -> {
                    assertThat(envelope.signer()).isEqualTo(KEYS.publicKey());
                    assertThat(envelope.payload()).isEqualTo(Bytes.hex("01"));
                });
        Untrusted.decode(
                data, encoded -> SignedEnvelope.open(encoded, DOMAIN, TYPE, Untrusted.UNSIGNED));
    }

    static List<byte[]> varints() {
        return List.of(Varint.encode(0), Varint.encode(300), Varint.encode(Long.MAX_VALUE));
    }

    @MethodSource("varints")
    @FuzzTest(maxDuration = "1m")
    void varint(byte[] data) {
        Untrusted.decode(data, encoded -> Varint.decode(data, 0, data.length))
                .ifPresent(read -> {
                    var again = Bytes.wrap(Varint.encode(read.value()));
                    assertThat(again).isEqualTo(Bytes.copyOf(data).slice(0, read.next()));
                });
    }
}
