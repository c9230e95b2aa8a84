package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.p2prmb.node.TestAgents.arguments;
import static org.p2prmb.node.TestAgents.knows;
import static org.p2prmb.node.TestAgents.knowsRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.exchange.Beacon;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Leaf;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.Standing;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowResult;
import org.p2prmb.protocols.exchange.WindowRoot;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.reputation.Equivocation;
import org.p2prmb.protocols.reputation.Exhibits;
import org.p2prmb.protocols.reputation.Exposure;
import org.p2prmb.protocols.reputation.Faults;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.ReputationClient;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.Watchers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// What real agents tell each other of a stranger.
final class ReputationTest {
    private static final KeyPair LIAR = KeyPair.generate(TestAgents.RANDOM);

    private static final Instant TOMORROW =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(1));

    @TempDir private Path directory;
    private TestAgents agents;

    @BeforeEach
    void prepare() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    private List<Agent> network(int size) throws IOException {
        var all = new ArrayList<Agent>();
        all.add(agents.start(config()));
        while (all.size() < size) {
            all.add(agents.start(config(all.getFirst())));
        }
        for (var agent : all.subList(1, size)) {
            Eventually.holds("all join", () -> knows(all.getFirst(), agent.peerId()));
        }
        return all;
    }

    /// Without the DHT, so that neighbours are told and asked.
    private static AgentConfig config(Agent... bootstrap) {
        var dht = DhtConfig.defaults().withMode(DhtMode.OFF);
        return TestAgents.config(bootstrap).withDht(dht);
    }

    private static Bytes lease(long sequence, boolean leaving) {
        var lease =
                new Lease(
                        LIAR.peerId(),
                        sequence,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(30),
                        Watchers.NONE.commitment(),
                        1,
                        leaving);
        return SignedLease.seal(lease, LIAR).envelope();
    }

    private static Bytes equivocation(long sequence) {
        return new Equivocation("alive", lease(sequence, false), lease(sequence, true)).encoded();
    }

    private static double score(Agent agent, PeerId peer) {
        return agent.reputation().score(peer);
    }

    /// Goal R4, for agents on one machine.
    @Test
    void aVerifiedFaultReachesEverybodyUnasked() throws IOException {
        var all = network(8);
        var told = new CopyOnWriteArrayList<Double>();
        all.getLast().reputation().addListener((_, score) -> told.add(score));
        for (var agent : all) {
            Eventually.holds(
                    "everybody is in the topic",
                    () -> !agent.gossip().mesh(Faults.TOPIC).isEmpty());
        }

        var filed =
                all.get(3)
                        .reputation()
                        .report(LIAR.peerId(), ReportKind.EQUIVOCATION, 0, equivocation(1));

        assertThat(filed.verified()).isTrue();
        for (var agent : all) {
            Eventually.holds("it is known", () -> score(agent, LIAR.peerId()) < 0.20);
            assertThat(agent.reputation().limitCents(LIAR.peerId())).isZero();
        }
        Eventually.holds("listeners are told", () -> !told.isEmpty());
    }

    /// The proof is larger than a report: each agent fetches it before it tells others.
    @Test
    void aResultThatDoesNotFollowFromItsBidsReachesEverybodyUnasked() throws IOException {
        var all = network(6);
        for (var agent : all) {
            Eventually.holds(
                    "everybody is in the topic",
                    () -> !agent.gossip().mesh(Faults.TOPIC).isEmpty());
        }
        var fault = new WindowFault.WrongResult(resultWithAnotherNonce());

        all.get(3).reputation().accused(fault);

        var hash = Exhibits.hash(fault.result().encoded());
        for (var agent : all) {
            Eventually.holds("it is known", () -> score(agent, LIAR.peerId()) < 0.20);
            assertThat(agent.reputation().exhibit(hash)).contains(fault.result().encoded());
        }
    }

    private static PublishedResult resultWithAnotherNonce() {
        var opens = Instant.ofEpochMilli(1_800_000_000_000L);
        var hash = Exhibits.hash(Bytes.utf8("any"));
        var leaf =
                new Leaf(
                        hash,
                        KeyPair.generate(TestAgents.RANDOM).peerId(),
                        new Standing(5, false, 0));
        var open =
                new WindowOpen(
                        LIAR.peerId(),
                        hash,
                        1,
                        opens,
                        opens.plusSeconds(10),
                        opens.plusSeconds(14),
                        Policy.bestPrice(Price.of(1_000)),
                        WindowOpen.nonceHash(hash),
                        "regtest");
        var result =
                new WindowResult(
                        Form.OPEN.seal(open, LIAR),
                        Form.ROOT.seal(new WindowRoot(LIAR.peerId(), open.window(), hash, 1), LIAR),
                        List.of(leaf),
                        Exhibits.hash(Bytes.utf8("another nonce")),
                        new Beacon("regtest", 7, hash, open.beaconFrom()),
                        List.of(),
                        List.of(),
                        List.of());
        return PublishedResult.seal(result, LIAR, Signatures.REAL);
    }

    @Test
    void whoSignsTwoRecordsOfOneSequenceIsReportedByThatWhoSeesBoth() throws IOException {
        var all = network(3);
        for (var agent : all) {
            Eventually.holds(
                    "everybody is in the topic",
                    () -> !agent.gossip().mesh(Faults.TOPIC).isEmpty());
        }
        var liar = agents.client(LIAR, all.getFirst()).connection();
        var contacts = new ContactsClient(InstantSource.system());
        contacts.exchange(liar, record("barber"), 0);
        Eventually.holds("the first is known", () -> knowsRecord(all.getFirst(), LIAR.peerId()));
        contacts.exchange(liar, record("barber"), 0);
        assertThat(score(all.getFirst(), LIAR.peerId())).as("the same").isEqualTo(0.40);

        contacts.exchange(liar, record("butcher"), 0);

        for (var agent : all) {
            Eventually.holds("it is known", () -> score(agent, LIAR.peerId()) < 0.20);
        }
        var reports = all.getFirst().reputation().explain(LIAR.peerId()).reports();
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().filed().report().reporter())
                .isEqualTo(all.getFirst().peerId());
    }

    private static SignedContact record(String tag) {
        var record =
                new ContactRecord(
                        LIAR.peerId(),
                        7,
                        List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001")),
                        List.of(Offering.of(tag)),
                        Duration.ofHours(1),
                        TOMORROW,
                        Optional.empty(),
                        Optional.empty());
        return SignedContact.seal(record, LIAR);
    }

    @Test
    void anOpinionIsToldToWhoAsks() throws Exception {
        var all = network(4);
        var subject = LIAR.peerId();
        all.get(1).reputation().report(subject, ReportKind.SOFT, 100_000, Bytes.EMPTY);

        Eventually.holds(
                "others hold it",
                () -> all.getFirst().reputation().explain(subject).reports().size() == 1);
        all.get(2).reputation().consult(subject);

        assertThat(score(all.get(2), subject)).isLessThan(0.40);
        var explanation = all.get(2).reputation().explain(subject);
        assertThat(explanation.reports()).hasSize(1);
        assertThat(explanation.terms().unknownBad()).isEqualTo(1);
        assertThat(explanation.reports().getFirst().filed().report().reporter())
                .isEqualTo(all.get(1).peerId());
    }

    /// Attack 34: broken evidence is refused, and held against its reporter.
    @Test
    void aFalseReportIsRefusedAndHeldAgainstItsReporter() throws Exception {
        var all = network(2);
        var victim = all.getFirst().peerId();
        var same = new Equivocation("alive", lease(5, true), lease(5, true)).encoded();
        var lie =
                SignedReport.seal(
                        Report.plain(
                                LIAR.peerId(),
                                victim,
                                ReportKind.EQUIVOCATION,
                                0,
                                same,
                                1,
                                ReputationBook.epoch(Instant.now())),
                        LIAR);
        var client = agents.client(LIAR, all.get(1));

        try {
            ReputationClient.file(client.connection(), lie);
            throw new AssertionError("it was taken");
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("422");
        }

        assertThat(score(all.get(1), victim)).isEqualTo(0.40);
        assertThat(all.get(1).reputation().explain(LIAR.peerId()).terms().faults()).isEqualTo(2);
        Eventually.holds(
                "others hear of the lie", () -> score(all.getFirst(), LIAR.peerId()) < 0.3);
    }

    @Test
    void wrongEvidenceOfOurOwnIsNotSigned() throws IOException {
        var agent = agents.start();
        var same = new Equivocation("alive", lease(5, true), lease(5, true)).encoded();
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        agent.reputation().report(LIAR.peerId(), ReportKind.EQUIVOCATION, 0, same))
                .withMessageContaining("evidence");
        assertThat(agent.reputation().explain(LIAR.peerId()).reports()).isEmpty();
    }

    @Test
    void whatWasReportedIsRememberedAfterARestart() throws IOException {
        var home = agents.home();
        var agent = agents.start(home, TestAgents.config());
        agent.reputation().report(LIAR.peerId(), ReportKind.EQUIVOCATION, 0, equivocation(2));
        agent.reputation().report(LIAR.peerId(), ReportKind.SOFT, 5_000, Bytes.EMPTY);
        var before = agent.reputation().explain(LIAR.peerId());
        agent.close();

        var again = agents.start(home, TestAgents.config());

        assertThat(again.reputation().explain(LIAR.peerId()).terms()).isEqualTo(before.terms());
    }

    @Test
    void aKnownContactsScoreIsInTheBook() throws IOException {
        var all = network(2);
        var other = all.get(1).peerId();
        all.getFirst().reputation().report(other, ReportKind.SOFT, 0, Bytes.EMPTY);
        Eventually.holds(
                "the contact is rated",
                () ->
                        all.getFirst()
                                .contacts()
                                .find(other)
                                .map(contact ->
                                        contact.reputation() == score(all.getFirst(), other))
                                .orElse(false));
    }

    /// Decision 15: nobody knows anything of anybody, and all may deal in one lot.
    @Test
    void strangersWithEmptyStoresAllFindPartnersForALot() throws Exception {
        var all = network(20);
        all.get(7).reputation().consult(all.get(8).peerId());
        for (var agent : all) {
            var others = all.stream().filter(other -> other != agent).toList();
            for (var other : others) {
                assertThat(other.reputation().limitCents(agent.peerId()))
                        .isEqualTo(Exposure.LOT_CENTS);
            }
        }
    }

    @Test
    void theOwnerReportsAndIsToldWhy() throws IOException {
        var home = agents.home();
        var agent = agents.start(home, TestAgents.config());
        var owner = agents.client(home.owner(), agent);
        var subject = LIAR.peerId().toString();

        var reported =
                owner.ask(
                        "reputation.report",
                        arguments().put("peer", subject).put("kind", "soft").put("amountUsd", 250));
        var shown = owner.ask("reputation.show", arguments().put("peer", subject).put("ask", 0));

        assertThat(reported.path("verified").asBoolean()).isFalse();
        assertThat(shown.path("score").asDouble()).isEqualTo(reported.path("score").asDouble());
        assertThat(shown.path("terms").path("ownBad").asDouble()).isEqualTo(1);
        assertThat(shown.path("limitCents").asLong()).isZero();
        var report = shown.path("reports").path(0);
        assertThat(report.path("own").asBoolean()).isTrue();
        assertThat(report.path("amountUsdCents").asLong()).isEqualTo(25_000);
        assertThat(owner.call("reputation.report", "{\"peer\":\"" + subject + "\"}"))
                .isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void nobodyButTheOwnerReportsInOurName() throws IOException {
        var agent = agents.start();
        var stranger = agents.client(KeyPair.generate(TestAgents.RANDOM), agent);
        assertThat(stranger.call("reputation.show", "{}")).isInstanceOf(Outcome.Refused.class);
    }
}
