package org.p2prmb.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Nested;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.AddressInfoProto;
import org.p2prmb.libp2p.wire.EnvelopeProto;
import org.p2prmb.libp2p.wire.PeerRecordProto;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

final class EnvelopeTest {
    private static final String DOMAIN = "libp2p-peer-record";
    private static final Bytes TYPE = Bytes.hex("0301");
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    private static Bytes envelope(String name) {
        return Vectors.bytes(Vectors.at("envelopes", "vectors", name), "envelope");
    }

    @ParameterizedTest
    @ValueSource(strings = {"peer_record_standard", "peer_record_rust_legacy", "relay_voucher"})
    void publishedEnvelopesAreSealedAndOpened(String name) throws ProtocolException {
        var vector = Vectors.at("envelopes", "vectors", name);
        var domain = Vectors.text(vector, "domain");
        var type = Vectors.bytes(vector, "payload_type");
        var payload = Vectors.bytes(vector, "payload");
        var keys = KeysTest.keys(KeyType.ED25519);
        var sealed = SignedEnvelope.seal(keys, domain, type, payload);
        assertThat(sealed.signature()).isEqualTo(Vectors.bytes(vector, "signature"));
        assertThat(sealed.encoded()).isEqualTo(envelope(name));
        var opened = SignedEnvelope.open(envelope(name), domain, type);
        assertThat(opened).isEqualTo(sealed).hasSameHashCodeAs(sealed);
        assertThat(opened.payload()).isEqualTo(payload);
        assertThat(opened.payloadType()).isEqualTo(type);
        assertThat(opened.signer()).isEqualTo(keys.publicKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"peer_record_standard", "peer_record_rust_legacy"})
    void peerRecordsOfBothKindsAreOpened(String name) throws ProtocolException {
        var peer = KeysTest.keys(KeyType.ED25519).peerId();
        assertThat(PeerRecord.open(envelope(name)))
                .isEqualTo(
                        new PeerRecord(
                                peer,
                                1,
                                List.of(
                                        Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"),
                                        Multiaddr.parse("/ip4/1.2.3.4/udp/4001/quic-v1"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NEGATIVE_peer_record_subject_is_not_signer",
                "NEGATIVE_bad_signature",
                "NEGATIVE_wrong_domain",
                "relay_voucher"
            })
    void otherEnvelopesAreNoPeerRecords(String name) {
        assertThatThrownBy(() -> PeerRecord.open(envelope(name)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName("RUSTSEC-2022-0009: a signer that is not the record's peer")
    void aRecordOfAnotherPeerIsRefusedForThatReason() throws ProtocolException {
        var name = "NEGATIVE_peer_record_subject_is_not_signer";
        assertThat(SignedEnvelope.open(envelope(name), DOMAIN, TYPE).payload()).isNotNull();
        assertThatThrownBy(() -> PeerRecord.open(envelope(name)))
                .hasMessageContaining("another peer");
    }

    @Test
    void aRecordIsSealedOnlyByItsPeer() throws ProtocolException {
        var record = new PeerRecord(KeysTest.keys(KeyType.ED25519).peerId(), 7, List.of(ADDRESS));
        var stranger = KeyPair.ed25519(Bytes.wrap(new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> record.seal(stranger));
    }

    @ParameterizedTest
    @EnumSource
    void aSealedRecordComesBackForKeysOfEveryType(KeyType type) throws ProtocolException {
        var keys = KeysTest.keys(type);
        var record =
                new PeerRecord(
                        keys.peerId(), -1, List.of(ADDRESS, ADDRESS.withPeer(keys.peerId())));
        assertThat(PeerRecord.open(record.seal(keys))).isEqualTo(record);
    }

    @Test
    void sequencesAreUnsigned() throws ProtocolException {
        var peer = KeysTest.keys(KeyType.ED25519).peerId();
        var low = new PeerRecord(peer, 1, List.of());
        var high = new PeerRecord(peer, -1, List.of());
        assertThat(high.newerThan(low)).isTrue();
        assertThat(low.newerThan(high)).isFalse();
        assertThat(low.newerThan(low)).isFalse();
    }

    @Test
    void addressesOfUnknownKindsAreLeftOut() throws ProtocolException {
        var keys = KeysTest.keys(KeyType.ED25519);
        var record = record(keys, List.of(Bytes.hex("bc0300"), ADDRESS.encoded(), Bytes.EMPTY));
        assertThat(PeerRecord.open(record).addresses()).containsExactly(ADDRESS);
    }

    @Test
    void tooManyAddressesAreRefused() throws ProtocolException {
        var keys = KeysTest.keys(KeyType.ED25519);
        var many = Collections.nCopies(PeerRecord.ADDRESSES_MAX + 1, ADDRESS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PeerRecord(keys.peerId(), 1, many));
        var record = record(keys, Collections.nCopies(many.size(), ADDRESS.encoded()));
        assertThatThrownBy(() -> PeerRecord.open(record)).isInstanceOf(ProtocolException.class);
    }

    private static Bytes record(KeyPair keys, List<Bytes> addresses) {
        var proto = PeerRecordProto.newBuilder();
        proto.setPeerId(ByteString.copyFrom(keys.peerId().multihash().toArray()));
        for (var address : addresses) {
            var bytes = ByteString.copyFrom(address.toArray());
            proto.addAddresses(AddressInfoProto.newBuilder().setMultiaddr(bytes));
        }
        var payload = Bytes.wrap(proto.build().toByteArray());
        return SignedEnvelope.seal(keys, DOMAIN, TYPE, payload).encoded();
    }

    @Test
    void aHugeRecordIsNotEvenParsed() {
        var huge = Bytes.wrap(new byte[PeerRecord.SEALED_BYTES_MAX + 1]);
        assertThatThrownBy(() -> PeerRecord.open(huge)).hasMessageContaining("bytes");
        var envelope = Bytes.wrap(new byte[SignedEnvelope.ENCODED_BYTES_MAX + 1]);
        assertThatThrownBy(() -> SignedEnvelope.open(envelope, DOMAIN, TYPE))
                .hasMessageContaining("bytes");
    }

    @Test
    @DisplayName("RUSTSEC-2020-0002: deeply nested fields")
    void deeplyNestedFieldsAreRefused() throws ProtocolException {
        var keys = KeysTest.keys(KeyType.ED25519);
        var record = new PeerRecord(keys.peerId(), 7, List.of(ADDRESS)).seal(keys);
        assertThatThrownBy(() -> PeerRecord.open(record.concat(Nested.groups())))
                .isInstanceOf(ProtocolException.class);
        var payload = SignedEnvelope.open(record, DOMAIN, TYPE).payload().concat(Nested.groups());
        var within = SignedEnvelope.seal(keys, DOMAIN, TYPE, payload).encoded();
        assertThatThrownBy(() -> PeerRecord.open(within)).isInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName("CVE-2023-39533: an envelope that a huge RSA key signed")
    void anEnvelopeOfAHugeKeyIsRefusedForItsSize() throws IOException {
        var payload = Bytes.utf8("x");
        var signature = HugeRsa.sign(Bytes.hex("0161" + "020301" + "0178"));
        var key = HugeRsa.publicKey();
        var envelope =
                EnvelopeProto.newBuilder()
                        .setPublicKey(ByteString.copyFrom(key.toArray()))
                        .setPayloadType(ByteString.copyFrom(TYPE.toArray()))
                        .setPayload(ByteString.copyFrom(payload.toArray()))
                        .setSignature(ByteString.copyFrom(signature.toArray()))
                        .build();
        assertThatThrownBy(() -> SignedEnvelope.open(Bytes.wrap(envelope.toByteArray()), "a", TYPE))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("bits");
    }

    /// Without lengths in front a byte could move between domain, type and payload.
    @Test
    void theBordersOfTheFieldsAreSigned() throws IOException {
        var keys = KeysTest.keys(KeyType.ED25519);
        var sealed = SignedEnvelope.seal(keys, "ab", Bytes.utf8("cd"), Bytes.utf8("ef"));
        var moved =
                EnvelopeProto.parseFrom(sealed.encoded().toArray()).toBuilder()
                        .setPayloadType(ByteString.copyFromUtf8("cde"))
                        .setPayload(ByteString.copyFromUtf8("f"))
                        .build();
        assertThatThrownBy(() ->
                        SignedEnvelope.open(
                                Bytes.wrap(moved.toByteArray()), "ab", Bytes.utf8("cde")))
                .hasMessageContaining("signature");
    }

    @Test
    void aChangedEnvelopeIsRefusedOrSaysTheSame() throws ProtocolException {
        var original = envelope("peer_record_standard");
        var record = PeerRecord.open(original);
        Seeds.forEach(
                1000,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, original.toArray()));
                    try {
                        assertThat(PeerRecord.open(mutant)).isEqualTo(record);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }
}
