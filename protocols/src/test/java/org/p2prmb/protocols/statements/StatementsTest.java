package org.p2prmb.protocols.statements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.Agents;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class StatementsTest {
    private static final KeyPair ALICE = Agents.keys(1);
    private static final KeyPair BOB = Agents.keys(2);
    private static final Instant LATER = Instant.ofEpochMilli(1_900_000_000_000L);

    private static ContactRecord fullRecord() {
        return new ContactRecord(
                ALICE.peerId(),
                7,
                List.of(Multiaddr.parse("/ip4/10.1.2.3/tcp/4001")),
                List.of(Agents.BARBER, Offering.of("tailor")),
                Duration.ofHours(2),
                Instant.ofEpochSecond(1_800_000_000),
                Optional.of(BOB.publicKey()),
                Optional.of(Bytes.wrap(new byte[32])));
    }

    private static Lease lease() {
        return new Lease(
                ALICE.peerId(),
                9,
                Duration.ofSeconds(120),
                Duration.ofSeconds(30),
                Watchers.of(List.of(BOB.peerId())).commitment(),
                7,
                true);
    }

    private static OwnerRecord ownerRecord() {
        return new OwnerRecord(
                BOB.publicKey(),
                List.of(ALICE.peerId()),
                List.of(Multiaddr.parse("/ip4/10.1.2.3/tcp/4001").withPeer(ALICE.peerId())),
                3,
                LATER);
    }

    private static Delegation delegation() {
        return new Delegation(
                ALICE.publicKey(), BOB.publicKey(), List.of("contacts.", "search."), 4, LATER);
    }

    @Test
    void everyStatementComesBackAsItWasSigned() throws ProtocolException {
        var contact = SignedContact.seal(fullRecord(), ALICE);
        assertThat(SignedContact.open(contact.envelope()).record()).isEqualTo(fullRecord());
        var lease = SignedLease.seal(lease(), ALICE);
        assertThat(SignedLease.open(lease.envelope()).lease()).isEqualTo(lease());
        assertThat(OwnerRecord.open(ownerRecord().seal(BOB))).isEqualTo(ownerRecord());
        var served = OwnerStatement.countersign(ownerRecord().seal(BOB), ALICE);
        assertThat(OwnerStatement.open(served.envelope()).record()).isEqualTo(ownerRecord());
        assertThat(OwnerStatement.open(served.envelope()).servedBy()).isEqualTo(ALICE.peerId());
        var leave = SignedDelegation.seal(delegation(), ALICE);
        assertThat(SignedDelegation.open(leave.envelope()).delegation()).isEqualTo(delegation());
    }

    @Test
    void nobodySignsForAnother() {
        assertThatThrownBy(() -> SignedContact.seal(fullRecord(), BOB))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignedLease.seal(lease(), BOB))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ownerRecord().seal(ALICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignedDelegation.seal(delegation(), BOB))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OwnerStatement.countersign(ownerRecord().seal(BOB), BOB))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("does not list");
    }

    @Test
    void aRecordUnderAnothersSignatureIsRefused() throws ProtocolException {
        var payload =
                StatementKind.CONTACT
                        .open(SignedContact.seal(fullRecord(), ALICE).envelope())
                        .payload();
        var forged = StatementKind.CONTACT.seal(BOB, payload);
        assertThatThrownBy(() -> SignedContact.open(forged))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("did not sign");
    }

    @Test
    void aStatementOfAnotherKindIsRefused() throws ProtocolException {
        var payload =
                StatementKind.ALIVE.open(SignedLease.seal(lease(), ALICE).envelope()).payload();
        var asContact = StatementKind.CONTACT.seal(ALICE, payload);
        assertThatThrownBy(() -> SignedLease.open(asContact)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void mutatedStatementsAreProtocolErrorsAndNothingElse() {
        var originals =
                List.of(
                        SignedContact.seal(fullRecord(), ALICE).envelope(),
                        SignedLease.seal(lease(), ALICE).envelope(),
                        ownerRecord().seal(BOB),
                        SignedDelegation.seal(delegation(), ALICE).envelope());
        Seeds.forEach(
                2000,
                random -> {
                    var original = originals.get(random.nextInt(originals.size()));
                    var mutant = Bytes.wrap(Seeds.mutate(random, original.unsafeArray()));
                    openAll(mutant);
                });
    }

    /// The payloads too, signed again, since the signature hides their decoders.
    @Test
    void mutatedPayloadsAreProtocolErrorsAndNothingElse() throws ProtocolException {
        var contact =
                StatementKind.CONTACT
                        .open(SignedContact.seal(fullRecord(), ALICE).envelope())
                        .payload();
        var lease = StatementKind.ALIVE.open(SignedLease.seal(lease(), ALICE).envelope()).payload();
        Seeds.forEach(
                1000,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, contact.unsafeArray()));
                    openAll(StatementKind.CONTACT.seal(ALICE, mutant));
                    var other = Bytes.wrap(Seeds.mutate(random, lease.unsafeArray()));
                    openAll(StatementKind.ALIVE.seal(ALICE, other));
                });
    }

    private static void openAll(Bytes envelope) {
        for (var decoder :
                List.<Decoder>of(
                        SignedContact::open,
                        SignedLease::open,
                        OwnerRecord::open,
                        OwnerStatement::open,
                        SignedDelegation::open)) {
            try {
                decoder.open(envelope);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @FunctionalInterface
    private interface Decoder {
        Object open(Bytes envelope) throws ProtocolException;
    }

    @Test
    void aTagThatBreaksTheRuleIsToldTheRule() {
        assertThatThrownBy(() -> Offering.of("Barber Shop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tag is 1 to 64 characters of a-z 0-9 . _ - (not \"Barber Shop\")");
        assertThatThrownBy(() -> Offering.of("b".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Offering.of("barber", Map.of("Ort", "Gent")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key");
        assertThatThrownBy(() -> Offering.of("barber", Map.of("city", "é".repeat(65))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("128 bytes");
    }

    @Test
    void limitsHoldOnTheWayInAndOut() {
        var many = Collections.nCopies(33, Offering.of("barber"));
        assertThatThrownBy(() -> Agents.record(ALICE, 1, many.toArray(Offering[]::new)))
                .hasMessageContaining("33 offerings, at most 32");
        assertThatThrownBy(() -> Agents.record(ALICE, -1)).hasMessageContaining("negative");
        var large = new ArrayList<Offering>();
        for (int number = 0; number < 32; number++) {
            large.add(Offering.of("tag" + number, Map.of("key", "v".repeat(128))));
        }
        assertThatThrownBy(() -> Agents.contact(ALICE, 1, large.toArray(Offering[]::new)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> SignedContact.open(Bytes.wrap(new byte[4001])))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("at most 4000");
    }

    @Test
    void aConditionMatchesExactlyWhatItNames() {
        var ghent = SearchCondition.of("barber", Map.of("city", "Ghent"));
        assertThat(ghent.matches(Agents.BARBER)).isTrue();
        assertThat(SearchCondition.of("barber").matches(Agents.BARBER)).isTrue();
        assertThat(SearchCondition.of("tailor").matches(Agents.BARBER)).isFalse();
        assertThat(SearchCondition.of("barber", Map.of("city", "ghent")).matches(Agents.BARBER))
                .isFalse();
        assertThat(SearchCondition.of("barber", Map.of("open", "yes")).matches(Agents.BARBER))
                .isFalse();
    }

    @Test
    void theConditionKeyIsTheHashOfItsDocumentedFields() {
        var condition = SearchCondition.of("barber", Map.of("price", "20", "city", "Ghent"));
        var fields =
                Bytes.hex(
                        "0000000f726d622f636f6e646974696f6e2f32" // "rmb/condition/2"
                                + "00000006626172626572" // "barber"
                                + "00000002"
                                + "0000000463697479" // "city"
                                + "00000000000000054768656e74" // the text "Ghent"
                                + "000000057072696365" // "price"
                                + "000000010000000000f424000000000001e84800"); // 16 to 32
        assertThat(condition.conditionKey()).isEqualTo(sha256(fields));
        assertThat(condition.conditionKey())
                .isNotEqualTo(SearchCondition.of("barber").conditionKey());
    }

    private static Bytes sha256(Bytes bytes) {
        try {
            return Bytes.wrap(
                    java.security.MessageDigest.getInstance("SHA-256").digest(bytes.toArray()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDelegationCoversItsPrefixesOnly() {
        assertThat(delegation().allows("contacts.list")).isTrue();
        assertThat(delegation().allows("agent.stop")).isFalse();
        var all = new Delegation(ALICE.publicKey(), BOB.publicKey(), List.of("*"), 4, LATER);
        assertThat(all.allows("agent.stop")).isTrue();
        var none = new Delegation(ALICE.publicKey(), BOB.publicKey(), List.of(), 5, LATER);
        assertThat(none.allows("contacts.list")).isFalse();
        assertThatThrownBy(() ->
                        new Delegation(ALICE.publicKey(), BOB.publicKey(), List.of(""), 5, LATER))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void remoteTextIsEscaped() {
        assertThat(Printable.of("a\n\u001b[2Jé", 64)).isEqualTo("a\\u000a\\u001b[2J\\u00e9");
        assertThat(Printable.of("abcdef", 3)).isEqualTo("abc...");
    }
}
