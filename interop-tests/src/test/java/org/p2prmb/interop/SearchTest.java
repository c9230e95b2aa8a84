package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Searches that the Rust peer answers, asks, and those that pass over an agent of ours.
@PeerProgram.Needed(PeerProgram.RUST)
final class SearchTest {
    private static final String RUST_BARBER = "barber:city=ghent,lang=nl";
    private static final String RUST_TAILOR = "tailor:price=25..40";
    private static final Offering OUR_BAKER =
            Offering.of("baker", Map.of("city", "ghent", "bread", "rye"));
    private static final Duration SEARCH_WAIT = Duration.ofSeconds(5);

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    void theRustPeerAnswersByExactCriteria(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start("--tag", RUST_BARBER)) {
            java.meet(dialer, rust);

            assertThat(found(java, "barber", Map.of("city", "ghent")))
                    .containsExactly(rust.peerId());
            var served = rust.await("searchServed");
            assertThat(served.get("peer").asText()).isEqualTo(java.id());
            assertThat(served.get("tag").asText()).isEqualTo("barber");
            assertThat(served.get("results").asInt()).isOne();
            assertThat(served.get("repeated").asBoolean()).isFalse();

            assertThat(found(java, "barber", Map.of())).containsExactly(rust.peerId());
            assertThat(found(java, "barber", Map.of("city", "Ghent"))).isEmpty();
            assertThat(found(java, "barber", Map.of("city", "ghent", "lang", "fr"))).isEmpty();
            assertThat(found(java, "barbers", Map.of("city", "ghent"))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeerAnswersByRanges(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start("--tag", RUST_TAILOR)) {
            java.meet(dialer, rust);

            assertThat(found(java, "tailor", Map.of("price", "..30")))
                    .containsExactly(rust.peerId());
            assertThat(found(java, "tailor", Map.of("price", "41"))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRecordThatWasFoundIsWhatTheRustPeerSigned(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start("--tag", RUST_BARBER)) {
            java.meet(dialer, rust);

            var record = search(java, "barber", Map.of()).records().getFirst().record();

            assertThat(record.offerings())
                    .containsExactly(Offering.of("barber", Map.of("city", "ghent", "lang", "nl")));
            assertThat(record.addresses()).containsExactly(rust.address().withoutPeer());
        }
    }

    @ParameterizedTest
    @EnumSource
    void weAnswerTheRustPeerByExactCriteria(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory, OUR_BAKER);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            var found = ask(rust, java, Map.of("city", "ghent"), 0);
            assertThat(peers(found)).containsExactly(java.id());
            assertThat(found.get("refused").asInt()).isZero();
            assertThat(found.get("agentsAsked").asInt()).isOne();
            var offering = found.at("/contacts/0/offerings/0");
            assertThat(offering.at("/tag").asText()).isEqualTo("baker");
            assertThat(offering.at("/criteria/bread").asText()).isEqualTo("rye");
            assertThat(found.at("/contacts/0/addresses/0").asText())
                    .isEqualTo(java.agent().addresses().getFirst().toString());

            assertThat(peers(ask(rust, java, Map.of("city", "bruges"), 0))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSearchPassesOverUsToTheRustPeer(Dialer dialer) throws Exception {
        try (var asker = JavaAgent.startAlone(directory);
                var middle = JavaAgent.start(directory);
                var rust = RustPeer.start("--tag", RUST_BARBER)) {
            asker.agent().host().connect(middle.peer().address(), Arrivals.PATIENCE);
            middle.meet(dialer, rust);
            middle.peer().await(JavaPeer.Heard.Identified.class, heard -> isOf(heard, asker));
            asker.peer().await(JavaPeer.Heard.Identified.class, heard -> isOf(heard, middle));

            assertThat(found(asker, "barber", Map.of("city", "ghent")))
                    .containsExactly(rust.peerId());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeersSearchPassesOverUsToAnotherAgent(Dialer dialer) throws Exception {
        try (var baker = JavaAgent.startAlone(directory, OUR_BAKER);
                var middle = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            middle.agent().host().connect(baker.peer().address(), Arrivals.PATIENCE);
            middle.meet(dialer, rust);
            middle.peer().await(JavaPeer.Heard.Identified.class, heard -> isOf(heard, baker));

            var found = ask(rust, middle, Map.of("bread", "rye"), 2);

            assertThat(peers(found)).containsExactly(baker.id());
            assertThat(found.get("refused").asInt()).isZero();
            assertThat(baker.agent().host().connections(rust.peerId())).isEmpty();
        }
    }

    private static boolean isOf(JavaPeer.Heard heard, JavaAgent agent) {
        return heard.connection().remotePeer().equals(agent.agent().peerId());
    }

    private static List<PeerId> found(JavaAgent java, String tag, Map<String, String> where)
            throws InterruptedException {
        return search(java, tag, where).records().stream().map(SignedContact::peer).toList();
    }

    private static SearchAnswer search(JavaAgent java, String tag, Map<String, String> where)
            throws InterruptedException {
        return java.agent().find(SearchCondition.of(tag, where), 3, 8, SEARCH_WAIT);
    }

    private static JsonNode ask(
            PeerProcess rust, JavaAgent java, Map<String, String> where, int hops)
            throws IOException, InterruptedException {
        return rust.ask(
                "search", Map.of("peer", java.id(), "tag", "baker", "where", where, "hops", hops));
    }

    private static List<String> peers(JsonNode found) {
        return found.get("contacts").findValuesAsText("peerId");
    }
}
