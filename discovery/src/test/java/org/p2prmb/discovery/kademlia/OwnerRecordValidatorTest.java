package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.OwnerStatement;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class OwnerRecordValidatorTest {
    private static final Instant EXPIRES_AT = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant BEFORE = EXPIRES_AT.minusSeconds(1);
    private final KeyPair owner = KeyPair.generate(new SecureRandom());
    private final KeyPair agent = KeyPair.generate(new SecureRandom());
    private final Bytes key = OwnerRecordValidator.key(owner.publicKey());
    private final Validators validators =
            new Validators(Map.of(OwnerRecordValidator.NAMESPACE, new OwnerRecordValidator()));

    private Bytes statement(long sequence) throws ProtocolException {
        var record =
                new OwnerRecord(
                        owner.publicKey(),
                        List.of(agent.peerId()),
                        List.of(),
                        sequence,
                        EXPIRES_AT);
        return OwnerStatement.countersign(record.seal(owner), agent).envelope();
    }

    @Test
    void aStatementStandsUnderItsOwnersKeyUntilItExpires() throws ProtocolException {
        assertThat(key.size()).isEqualTo("/rmb-owner/".length() + 32);
        assertThat(validators.accept(key, statement(1), BEFORE)).isTrue();
        assertThat(validators.accept(key, statement(1), EXPIRES_AT)).isFalse();
    }

    @Test
    void nothingElseStandsThere() throws ProtocolException {
        var other = OwnerRecordValidator.key(agent.publicKey());
        assertThat(validators.accept(other, statement(1), BEFORE)).isFalse();
        assertThat(validators.accept(key, Bytes.utf8("rubbish"), BEFORE)).isFalse();
        var forged = statement(1).toArray();
        forged[forged.length - 1] ^= 1;
        assertThat(validators.accept(key, Bytes.wrap(forged), BEFORE)).isFalse();
        for (var wrong : List.of("", "/", "//", "/rmb-owner", "/rmb-other/x", "rmb-owner/x")) {
            assertThat(validators.accept(Bytes.utf8(wrong), statement(1), BEFORE)).isFalse();
        }
    }

    @Test
    void theHighestSequenceWins() throws ProtocolException {
        assertThat(validators.isBetter(key, statement(2), statement(1))).isTrue();
        assertThat(validators.isBetter(key, statement(1), statement(2))).isFalse();
        assertThat(validators.isBetter(key, statement(2), statement(2))).isFalse();
    }
}
