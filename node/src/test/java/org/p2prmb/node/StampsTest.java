package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.protocols.reputation.ReportKind.SOFT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.Stamp;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Stamps of bidders are looked at once each, and what was found is remembered.
final class StampsTest {
    private static final Stamp EASY = new Stamp(16, 64);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Bytes SOURCE = Bytes.utf8("somewhere");

    @TempDir private Path directory;
    private final Set<PeerId> known = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Boolean> said = new LinkedBlockingQueue<>();
    private final Queue<Throwable> died = new ConcurrentLinkedQueue<>();
    private Store store;
    private Stamps stamps;

    private static PeerId peer(String name) {
        return keys(name).peerId();
    }

    private static KeyPair keys(String name) {
        return KeyPair.ed25519(Canonical.domain("test/keys").text(name).sha256());
    }

    @BeforeEach
    void open() {
        store = Store.open(directory, StoreConfig.defaults());
        stamps =
                new Stamps(
                        peer("self"),
                        EASY,
                        store.reports(),
                        known::contains,
                        known::add,
                        () -> {},
                        died::add);
    }

    @AfterEach
    void close() {
        stamps.close();
        store.close();
        assertThat(died).isEmpty();
    }

    private boolean found(PeerId bidder, long number) throws InterruptedException {
        assertThat(stamps.look(SOURCE, bidder, number, said::add)).isTrue();
        var right = said.poll(20, TimeUnit.SECONDS);
        assertThat(right).isNotNull();
        return Boolean.TRUE.equals(right);
    }

    private static long wrong(PeerId bidder) {
        long number = 1;
        while (EASY.fits(bidder, number)) {
            number++;
        }
        return number;
    }

    @Test
    void whatWasFoundIsRemembered() throws InterruptedException {
        stamps.start(Map.of());
        var ann = peer("ann");
        var ben = peer("ben");
        long right = EASY.find(ann, 1);
        assertThat(stamps.isKnown(ann)).isFalse();
        assertThat(stamps.mayBeRight(ann, 0)).isFalse();
        assertThat(stamps.mayBeRight(ann, right)).isTrue();
        assertThat(found(ann, right)).isTrue();
        assertThat(stamps.isKnown(ann)).isTrue();
        assertThat(found(ben, wrong(ben))).isFalse();
        assertThat(stamps.isKnown(ben)).isFalse();
        assertThat(stamps.mayBeRight(ben, wrong(ben))).isFalse();
        // Whoever is known needs none any more, and another number of its is not kept.
        assertThat(found(ann, wrong(ann))).isTrue();
        Eventually.holds("it is kept", () -> store.reports().stamps().equals(Map.of(ann, right)));
    }

    @Test
    void oneThatWaitsIsNotQueuedTwiceAndOneSourceHasSixteenPlaces() {
        for (int bidder = 0; bidder < 16; bidder++) {
            assertThat(stamps.look(SOURCE, peer("bidder " + bidder), 1, said::add)).isTrue();
            assertThat(stamps.look(SOURCE, peer("bidder " + bidder), 1, said::add)).isTrue();
        }
        assertThat(stamps.look(SOURCE, peer("one more"), 1, said::add)).isFalse();
        assertThat(stamps.look(Bytes.utf8("elsewhere"), peer("one more"), 1, said::add)).isTrue();
        assertThat(said).isEmpty();
    }

    private static SignedReport report(KeyPair reporter, long stamp) {
        var plain = Report.plain(reporter.peerId(), peer("any"), SOFT, 0, Bytes.EMPTY, 1, 20_000);
        return SignedReport.seal(plain.stamped(stamp), reporter);
    }

    /// Each check of a notice holds a thread of the gossip, all topics of which share them.
    @Test
    void ofNoticesWithNewStampsEightAreWaitedForAndTheRestIsIgnoredAtOnce() throws Exception {
        var notices = new ArrayList<SignedReport>();
        for (int reporter = 0; reporter < 20; reporter++) {
            var keys = keys("reporter " + reporter);
            notices.add(report(keys, EASY.find(keys.peerId(), 1)));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var notice : notices) {
                threads.execute(() -> said.add(stamps.isRight(notice, PATIENCE)));
            }
            for (int left = 8; left < notices.size(); left++) {
                assertThat(said.poll(20, TimeUnit.SECONDS)).isFalse();
            }
            assertThat(said).isEmpty();
            stamps.start(Map.of()); // Nobody checks before.
            for (int right = 0; right < 8; right++) {
                assertThat(said.poll(20, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(known).hasSize(8);
    }

    @Test
    void aNoticesWrongStampIsRememberedAndNoneIsNotLookedAt() {
        stamps.start(Map.of());
        var ben = keys("ben");
        var wrong = report(ben, wrong(ben.peerId()));
        assertThat(stamps.isRight(wrong, PATIENCE)).isFalse();
        assertThat(stamps.mayBeRight(ben.peerId(), wrong.report().stamp())).isFalse();
        assertThat(stamps.isRight(report(ben, 0), PATIENCE)).isFalse();
        known.add(ben.peerId());
        assertThat(stamps.isRight(wrong, PATIENCE)).as("known by another").isTrue();
    }

    @Test
    void whoWantsToBidHasItsOwnMadeAtOnce() {
        stamps.start(Map.of());
        assertThat(stamps.toBid()).isEmpty();
        Eventually.holds("a stamp of our own", () -> stamps.toBid().isPresent());
        assertThat(EASY.fits(peer("self"), stamps.toBid().orElseThrow())).isTrue();
        Eventually.holds(
                "it is kept",
                () ->
                        store.reports()
                                .stamps()
                                .equals(Map.of(peer("self"), stamps.toBid().orElseThrow())));
    }
}
