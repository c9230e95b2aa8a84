package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.reputation.Exhibits;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.SignedReport;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

final class StoredReportsTest {
    private static final Instant NOW = Samples.NOW;
    private static final int TODAY = ReputationBook.epoch(NOW);
    private static final Bytes FACT = Bytes.wrap(new byte[32]);

    @TempDir Path folder;
    private Store store;
    private ReportShelf shelf;

    @BeforeEach
    void open() {
        store = Store.open(folder.resolve("data"), StoreConfig.defaults());
        shelf = store.reports();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private static KeyPair keys(int number) {
        var seed = new byte[32];
        seed[0] = (byte) number;
        return KeyPair.ed25519(Bytes.wrap(seed));
    }

    private static Filed filed(int reporter, int subject, long sequence, boolean verified) {
        var report =
                Report.plain(
                        keys(reporter).peerId(),
                        keys(subject).peerId(),
                        sequence % 2 == 0 ? ReportKind.SETTLED : ReportKind.NO_FUNDING,
                        50_000,
                        verified ? Bytes.utf8("evidence") : Bytes.EMPTY,
                        sequence,
                        TODAY - (int) sequence);
        return new Filed(
                SignedReport.seal(report, keys(reporter)),
                verified ? FACT : Bytes.EMPTY,
                NOW.toEpochMilli() + sequence);
    }

    private static List<String> described(List<Filed> reports) {
        return reports.stream()
                .map(filed ->
                        filed.signed().envelope() + " " + filed.fact() + filed.receivedMillis())
                .toList();
    }

    @Test
    void reportsAreThereAtTheNextStartInTheOrderInWhichTheyCame() {
        var reports = new ArrayList<Filed>();
        for (int sequence = 0; sequence < 20; sequence++) {
            var filed = filed(1 + sequence % 3, 9, sequence, sequence % 5 == 0);
            reports.add(filed);
            shelf.put(filed);
        }
        reopen();
        assertThat(described(shelf.load())).isEqualTo(described(reports));
    }

    @Test
    void whatWasMadeDurableIsVisibleAtOnce() {
        shelf.putDurably(filed(1, 2, 3, true));
        assertThat(shelf.load()).hasSize(1);
    }

    @Test
    void aReportThatIsProvenLaterReplacesItself() {
        shelf.put(filed(1, 2, 3, false));
        var proven = new Filed(filed(1, 2, 3, false).signed(), FACT, 5);
        shelf.put(proven);
        store.flush();
        assertThat(described(shelf.load())).isEqualTo(described(List.of(proven)));
    }

    @Test
    void droppedReportsAreGone() {
        var first = filed(1, 2, 3, false);
        var second = filed(1, 2, 4, false);
        shelf.put(first);
        shelf.put(second);
        shelf.remove(List.of(first));
        store.flush();
        assertThat(described(shelf.load())).isEqualTo(described(List.of(second)));
    }

    @Test
    void scoresAreTheSameToTheLastBitAfterARestart() {
        var self = keys(100).peerId();
        var book = new ReputationBook(self, 10_000, false);
        var random = new SplittableRandom(3);
        for (int sequence = 0; sequence < 120; sequence++) {
            int reporter = random.nextInt(8) == 0 ? 100 : 1 + random.nextInt(20);
            int subject = 30 + random.nextInt(6);
            var filed = filed(reporter, subject, sequence, random.nextInt(3) == 0);
            book.file(filed, NOW);
            shelf.put(filed);
        }
        reopen();
        var again = new ReputationBook(self, 10_000, false);
        shelf.load().forEach(filed -> again.file(filed, NOW));
        for (int subject = 30; subject < 36; subject++) {
            var peer = keys(subject).peerId();
            assertThat(again.terms(peer, NOW)).isEqualTo(book.terms(peer, NOW));
        }
    }

    @Test
    void theNewestExhibitsAreThereAtTheNextStart() {
        for (int number = 0; number <= StoredReports.EXHIBITS_MAX; number++) {
            shelf.putExhibit(hash(number), Bytes.wrap(new byte[Exhibits.BYTES_MAX - number]));
        }
        shelf.putExhibit(hash(1), Bytes.utf8("again"));
        reopen();
        assertThat(shelf.exhibit(hash(0))).isEmpty();
        assertThat(shelf.exhibit(hash(1))).contains(Bytes.utf8("again"));
        var last = shelf.exhibit(hash(StoredReports.EXHIBITS_MAX)).orElseThrow();
        assertThat(last.size()).isEqualTo(Exhibits.BYTES_MAX - StoredReports.EXHIBITS_MAX);
    }

    private static Bytes hash(int number) {
        return Exhibits.hash(Bytes.utf8("exhibit " + number));
    }

    @Test
    void stampsAreKeptInTheirOrderUpToTheirNumber() {
        shelf.putStamp(keys(1).peerId(), 11);
        shelf.putStamp(keys(2).peerId(), -22);
        shelf.putStamp(keys(1).peerId(), 33);
        reopen();
        assertThat(shelf.stamps())
                .containsExactly(
                        Map.entry(keys(2).peerId(), -22L), Map.entry(keys(1).peerId(), 33L));
    }
}
