package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.protocols.reputation.Equivocation;
import org.p2prmb.protocols.reputation.Faults;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.Stamp;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.Watchers;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Notices of faults in a network that asks reporters what their identities cost.
final class StampedNoticesTest {
    private static final Stamp EASY = new Stamp(16, 64);
    private static final KeyPair REPORTER = KeyPair.generate(TestAgents.RANDOM);
    private static final KeyPair LIAR = KeyPair.generate(TestAgents.RANDOM);

    @TempDir private Path directory;
    private final List<SignedReport> refuted = new ArrayList<>();
    private TestAgents agents;

    @BeforeEach
    void prepare() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    private static GossipMessage notice(long stamp, KeyPair from) {
        var plain =
                Report.plain(
                        REPORTER.peerId(),
                        LIAR.peerId(),
                        ReportKind.EQUIVOCATION,
                        0,
                        Bytes.utf8("any"),
                        1,
                        20_000);
        var data = Faults.encode(SignedReport.seal(plain.stamped(stamp), REPORTER));
        return new GossipMessage(
                Bytes.utf8("id"), from.peerId(), 1, Faults.TOPIC, data, Bytes.EMPTY);
    }

    /// Whoever knows the reporter's stamp passes its notices on whatever number they show, so those
    /// who do not know it must not blame the forwarder.
    @Test
    void aNoticeWhoseStampWeDoNotKnowIsIgnoredAndNotHeldAgainstItsForwarder() {
        var known = ConcurrentHashMap.<PeerId>newKeySet();
        try (var store = Store.open(directory.resolve("store"), StoreConfig.defaults());
                var stamps =
                        new Stamps(
                                LIAR.peerId(),
                                EASY,
                                store.reports(),
                                known::contains,
                                known::add,
                                () -> {},
                                failure -> {
                                    throw new AssertionError(failure);
                                })) {
            stamps.start(Map.of(LIAR.peerId(), 1L));
            var counted = new ArrayList<PeerId>();
            var judge =
                    new NoticeJudge(
                            counted::add,
                            stamps,
                            _ -> new Finding.Verified(Bytes.EMPTY),
                            refuted::add);
            long right = right();
            long wrong = 1;
            while (EASY.fits(REPORTER.peerId(), wrong)) {
                wrong++;
            }

            assertThat(judge.validate(notice(0, REPORTER))).isEqualTo(Verdict.IGNORE);
            assertThat(counted).as("names that cost nothing").isEmpty();
            assertThat(judge.validate(notice(wrong, REPORTER))).isEqualTo(Verdict.IGNORE);
            assertThat(judge.validate(notice(right, REPORTER))).isEqualTo(Verdict.ACCEPT);
            assertThat(known).containsExactly(REPORTER.peerId());
            assertThat(judge.validate(notice(0, REPORTER))).isEqualTo(Verdict.ACCEPT);
            assertThat(judge.validate(notice(right, LIAR))).isEqualTo(Verdict.REJECT);
            var broken =
                    new NoticeJudge(
                            _ -> true, stamps, _ -> new Finding.Refuted("wrong"), refuted::add);
            assertThat(broken.validate(notice(right, REPORTER))).isEqualTo(Verdict.REJECT);
            assertThat(refuted).hasSize(1);
        }
    }

    private static long right() {
        long number = 1;
        while (!EASY.fits(REPORTER.peerId(), number)) {
            number++;
        }
        return number;
    }

    private static Bytes lease(boolean leaving) {
        var lease =
                new Lease(
                        LIAR.peerId(),
                        1,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(30),
                        Watchers.NONE.commitment(),
                        1,
                        leaving);
        return SignedLease.seal(lease, LIAR).envelope();
    }

    @Test
    void aFaultIsPublishedOnceOurStampIsThereAndNotBefore() throws Exception {
        var config = TestAgents.config().withDht(DhtConfig.defaults().withMode(DhtMode.OFF));
        var agent = agents.start(config.withReputation(config.reputation().withStampDifficulty(2)));
        var heard = new CopyOnWriteArrayList<SignedReport>();
        var listener = agents.client(KeyPair.generate(TestAgents.RANDOM), agent);
        try (var gossip = GossipSub.start(listener.host(), GossipConfig.defaults())) {
            gossip.subscribe(
                    Faults.TOPIC, Validator.ACCEPT_ALL, message -> heard.add(decoded(message)));
            Eventually.holds(
                    "they share the topic",
                    () -> agent.gossip().mesh(Faults.TOPIC).contains(listener.host().peerId()));
            var evidence = new Equivocation("alive", lease(false), lease(true)).encoded();
            var first =
                    agent.reputation()
                            .report(LIAR.peerId(), ReportKind.EQUIVOCATION, 0, evidence)
                            .report();
            assertThat(first.stamp()).isZero();

            assertThat(agent.reputation().stamps().toBid()).isEmpty();

            Eventually.holds("it is published", () -> !heard.isEmpty());
            var published = heard.getFirst().report();
            assertThat(published.stamp()).isEqualTo(agent.reputation().stamps().own()).isNotZero();
            assertThat(published.sequence()).isGreaterThan(first.sequence());
            assertThat(published.evidence()).isEqualTo(first.evidence());
        }
    }

    private static SignedReport decoded(GossipMessage message) {
        try {
            return Faults.decode(message.data());
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }
}
