package org.p2prmb.protocols.statements;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.Untrusted.Decoder;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.message.MessageFrame;
import org.p2prmb.protocols.message.SignedMessage;

import java.util.stream.Stream;

/// Fuzz targets of what strangers sign: the payloads, signed as they are, and the envelopes.
final class StatementsFuzzTest {
    private static final KeyPair SIGNER = Agents.keys(1);

    /// More does not fit the smallest statement, key and signature included.
    private static final int PAYLOAD_BYTES_MAX = 200;

    private interface Opening {
        Object open(Bytes envelope) throws ProtocolException;
    }

    private static Decoder<Object> payload(StatementKind kind, Opening opening) {
        return payload -> {
            if (payload.size() > PAYLOAD_BYTES_MAX) {
                throw new ProtocolException("too much for every kind");
            }
            return opening.open(kind.seal(SIGNER, payload));
        };
    }

    static Stream<byte[]> payloadSeeds() throws ProtocolException {
        var contact = Agents.contact(SIGNER, 7);
        var payload = StatementKind.CONTACT.open(contact.envelope()).payload();
        assertThat(payload.size()).isLessThanOrEqualTo(PAYLOAD_BYTES_MAX);
        return Stream.of(Untrusted.seed(0, payload));
    }

    @MethodSource("payloadSeeds")
    @FuzzTest(maxDuration = "1m")
    void payloads(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                payload(StatementKind.CONTACT, SignedContact::open),
                payload(StatementKind.ALIVE, SignedLease::open),
                payload(StatementKind.OWNER, OwnerRecord::open),
                payload(StatementKind.OWNER_SERVED, OwnerStatement::open),
                payload(StatementKind.DELEGATION, SignedDelegation::open),
                payload(StatementKind.MESSAGE, SignedMessage::open));
    }

    static Stream<byte[]> envelopeSeeds() {
        var contact = Agents.contact(Agents.keys(2), 7, Agents.BARBER);
        return Stream.of(Untrusted.seed(0, contact.envelope()));
    }

    @MethodSource("envelopeSeeds")
    @FuzzTest(maxDuration = "1m")
    void envelopes(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                encoded -> SignedContact.open(encoded, Untrusted.UNSIGNED),
                encoded -> SignedLease.open(encoded, Untrusted.UNSIGNED),
                OwnerStatement::open,
                MessageFrame::decode);
    }
}
