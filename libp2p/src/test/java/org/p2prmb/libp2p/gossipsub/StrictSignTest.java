package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.HugeRsa;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.wire.PubsubMessageProto;

import java.util.SplittableRandom;

final class StrictSignTest {
    private static final JsonNode VECTORS = Vectors.at("pubsub");
    private static final KeyPair KEYS = KeyPair.ed25519(Bytes.wrap(new byte[32]));

    private final StrictSign policy = new StrictSign(MessageIds.SHA256);

    private GossipMessage read(byte[] message) throws ProtocolException {
        return policy.read(SignedBytes.of(message, 0, message.length)).orElseThrow();
    }

    private boolean valid(byte[] message) throws ProtocolException {
        return policy.read(SignedBytes.of(message, 0, message.length))
                .filter(policy::verify)
                .isPresent();
    }

    @Test
    void theVectorIsVerifiedOverItsSignedBytes() throws ProtocolException {
        var bytes = Vectors.bytes(VECTORS, "message").toArray();
        var fields = SignedBytes.of(bytes, 0, bytes.length);
        assertThat(fields.signed(Bytes.utf8("libp2p-pubsub:")))
                .isEqualTo(Vectors.bytes(VECTORS, "signed_bytes"));
        assertThat(fields.field(SignedBytes.SIGNATURE))
                .isEqualTo(Vectors.bytes(VECTORS, "signature"));
        assertThat(valid(bytes)).isTrue();
    }

    @Test
    void whatWeSignIsTheVector() throws ProtocolException {
        var vector = Vectors.at("keys", "vectors", "ed25519");
        var keys = KeyPair.decode(Vectors.bytes(vector, "private_key_pb"));
        var signed = policy.sign(keys, 1, "test-topic", Bytes.utf8("hello"));
        assertThat(signed.encoded()).isEqualTo(Vectors.bytes(VECTORS, "message"));
    }

    @Test
    void keysTooLongForAPeerIdTravelWithTheMessage() throws ProtocolException {
        var vector = Vectors.at("keys", "vectors", "rsa");
        var keys = KeyPair.decode(Vectors.bytes(vector, "private_key_pb"));
        var signed = policy.sign(keys, 1, TOPIC, Bytes.utf8("hello")).encoded().toArray();
        assertThat(SignedBytes.of(signed, 0, signed.length).has(SignedBytes.KEY)).isTrue();
        assertThat(valid(signed)).isTrue();
    }

    @Test
    void theDefaultIdOfGoIsAuthorAndSequenceNumber() throws ProtocolException {
        var message = read(Vectors.bytes(VECTORS, "message").toArray());
        assertThat(
                        MessageIds.FROM_SEQNO.of(
                                message.from().multihash(), message.seqno(), "", Bytes.EMPTY))
                .isEqualTo(Vectors.bytes(Vectors.at("pubsub", "default_message_id"), "go"));
    }

    @Test
    void noBitOfASignedMessageCanBeChanged() throws ProtocolException {
        var signed = policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data")).encoded();
        for (var bit = 0; bit < signed.size() * 8; bit++) {
            var forged = signed.toArray();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(valid(forged)).as("bit %d", bit).isFalse();
            } catch (ProtocolException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void unknownFieldsAndOtherOrderAreBroughtToTheSignedForm() throws ProtocolException {
        var signed = policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data")).encoded();
        var unknown = Bytes.hex("3a0178"); // Field 7.
        var odd = unknown.concat(signed).concat(unknown).toArray();
        assertThat(valid(odd)).isTrue();
        assertThat(read(odd).encoded()).isEqualTo(signed);
    }

    @Test
    void aKeyMayTravelOnlyIfItIsTheAuthors() throws Exception {
        var message = parse(policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data")));
        var own = KEYS.publicKey().encoded().toArray();
        var other = KeyPair.ed25519(Bytes.wrap(Seeds.bytes(new SplittableRandom(1), 32)));
        var foreign = other.publicKey().encoded().toArray();
        assertThat(
                        valid(
                                message.toBuilder()
                                        .setKey(ByteString.copyFrom(own))
                                        .build()
                                        .toByteArray()))
                .isTrue();
        assertThat(
                        valid(
                                message.toBuilder()
                                        .setKey(ByteString.copyFrom(foreign))
                                        .build()
                                        .toByteArray()))
                .isFalse();
    }

    /// The signature is right, so only the size of the key can be the reason.
    @Test
    @DisplayName("CVE-2023-39533: a message that a huge RSA key signed")
    void messagesOfHugeKeysAreNotValid() throws Exception {
        var unsigned =
                parse(policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data"))).toBuilder()
                        .clearSignature()
                        .setFrom(ByteString.copyFrom(HugeRsa.peerId().toArray()));
        var signed =
                Bytes.utf8("libp2p-pubsub:").concat(Bytes.wrap(unsigned.build().toByteArray()));
        var message =
                unsigned.setSignature(ByteString.copyFrom(HugeRsa.sign(signed).toArray()))
                        .setKey(ByteString.copyFrom(HugeRsa.publicKey().toArray()))
                        .build()
                        .toByteArray();

        assertThat(read(message).from().multihash()).isEqualTo(HugeRsa.peerId());
        assertThat(valid(message)).isFalse();
    }

    @Test
    void authorSequenceNumberAndSignatureMustBeThere() throws Exception {
        var message = parse(policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data")));
        assertThat(valid(message.toBuilder().clearFrom().build().toByteArray())).isFalse();
        assertThat(valid(message.toBuilder().clearSeqno().build().toByteArray())).isFalse();
        assertThat(valid(message.toBuilder().clearSignature().build().toByteArray())).isFalse();
        assertThat(valid(message.toByteArray())).isTrue();
    }

    @Test
    void theIdIsTheHashOfAuthorSequenceNumberAndData() throws ProtocolException {
        var message = read(Vectors.bytes(VECTORS, "message").toArray());
        assertThat(message.id().size()).isEqualTo(20);
        var again = policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data"));
        assertThat(policy.sign(KEYS, 7, "elsewhere", Bytes.utf8("data")).id())
                .isEqualTo(again.id());
        assertThat(policy.sign(KEYS, 8, TOPIC, Bytes.utf8("data")).id()).isNotEqualTo(again.id());
    }

    @Test
    void damagedMessagesAreNeverValid() {
        var signed = policy.sign(KEYS, 7, TOPIC, Bytes.utf8("data"));
        var bytes = signed.encoded().toArray();
        Seeds.forEach(
                500,
                random -> {
                    var damaged = Seeds.mutate(random, bytes);
                    try {
                        var read = policy.read(SignedBytes.of(damaged, 0, damaged.length));
                        // What is still valid says the same, only encoded otherwise.
                        assertThat(read.filter(policy::verify).stream().toList())
                                .allSatisfy(
                                        m -> assertThat(m.encoded()).isEqualTo(signed.encoded()));
                    } catch (ProtocolException refused) {
                        assertThat(refused.getMessage()).isNotEmpty();
                    }
                });
    }

    private static PubsubMessageProto parse(GossipMessage message) throws Exception {
        var proto = PubsubMessageProto.parseFrom(message.encoded().unsafeArray());
        assertThat(proto.getUnknownFields()).isEqualTo(UnknownFieldSet.getDefaultInstance());
        return proto;
    }
}
