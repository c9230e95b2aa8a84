package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.protocols.statements.Offering;

import java.nio.file.Path;
import java.util.Map;

/// Contact records, exchanged in both directions.
@PeerProgram.Needed(PeerProgram.RUST)
final class ContactsTest {
    private static final Offering BAKER = Offering.of("baker", Map.of("city", "ghent"));

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    void weGiveTheRustPeerOurRecordAndRememberIts(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory, BAKER);
                var rust = RustPeer.start("--tag", "barber:city=ghent")) {
            dialer.connect(java.peer(), rust);

            var served = rust.await("contactsServed");
            assertThat(served.get("request").asText()).isEqualTo("exchange");
            assertThat(served.get("code").asInt()).isZero();
            var ours = served.at("/contacts/0");
            assertThat(ours.at("/peerId").asText()).isEqualTo(java.id());
            assertThat(ours.at("/offerings/0/tag").asText()).isEqualTo("baker");
            assertThat(ours.at("/addresses/0").asText())
                    .isEqualTo(java.agent().addresses().getFirst().toString());

            await().atMost(Arrivals.PATIENCE).until(() -> java.knows(rust));
            var contact = java.agent().contacts().find(rust.peerId()).orElseThrow();
            assertThat(contact.tags()).containsExactly("barber");
            assertThat(contact.addresses()).containsExactly(rust.address().withoutPeer());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeerGetsOurRecordAndThoseOfOurNeighbours(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory, BAKER);
                var neighbour = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.agent().host().connect(neighbour.peer().address(), Arrivals.PATIENCE);
            await().atMost(Arrivals.PATIENCE)
                    .until(() ->
                            java.agent().contacts().find(neighbour.agent().peerId()).isPresent());
            dialer.connect(java.peer(), rust);

            var answer = rust.ask("exchange", Map.of("peer", java.id()));

            assertThat(answer.get("kind").asText()).isEqualTo("response");
            assertThat(answer.get("contacts").findValuesAsText("peerId"))
                    .startsWith(java.id())
                    .contains(neighbour.id());
        }
    }
}
