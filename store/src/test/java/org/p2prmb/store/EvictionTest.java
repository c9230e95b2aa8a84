package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.peer;
import static org.p2prmb.store.Samples.ranked;
import static org.p2prmb.store.Samples.sequenced;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Who makes room in a book for twenty.
final class EvictionTest {
    private static final Bytes CONDITION = Bytes.utf8("condition");

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();
    private Store store;
    private ContactBook book;
    private int newcomers;

    @BeforeEach
    void open() {
        open(Samples.small(20, 30, 5, 10, 5));
    }

    private void open(StoreConfig config) {
        store = Store.open(folder.resolve("data" + config.contactBytesMax()), config, clock);
        book = store.contacts();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theExpiredGoBeforeTheDeadAndTheDeadBeforeTheLiving() {
        fill();
        remember(sequenced(1, 2, NOW.plusSeconds(60), "barber"));
        book.hide(peer(2));
        book.updateScores(Map.of(peer(1), 1.0, peer(2), 1.0));
        clock.set(NOW.plusSeconds(60));
        remember(sequenced(100, 1, LATER.plusSeconds(60)));
        assertGone(1);
        remember(sequenced(101, 1, LATER.plusSeconds(60)));
        assertGone(1, 2);
    }

    @Test
    void ofEqualsTheNewestGoesSoThatAFloodDisplacesItself() {
        fill();
        for (int i = 0; i < 10; i++) {
            remember(sequenced(100 + i, 1, NOW.plus(Duration.ofDays(1)), "barber"));
        }
        for (int i = 0; i < 19; i++) {
            assertThat(book.find(peer(i))).isPresent();
        }
        assertThat(book.find(peer(109))).isPresent();
    }

    @Test
    void aLowScoreGoesBeforeAHighOne() {
        fill();
        book.rate(peer(7), 0.39);
        newcomers(1);
        assertGone(7);
    }

    @Test
    void whoProvedToLiveJustNowStaysThoughOthersScoreALittleHigher() {
        fill();
        for (int i = 0; i < 20; i++) {
            book.rate(peer(i), i == 5 ? 0.35 : 0.40);
        }
        book.proofOfLife(peer(5), NOW);
        newcomers(19);
        assertThat(book.find(peer(5))).isPresent();

        clock.set(NOW.plus(Eviction.FRESH_FOR).plusMillis(1));
        newcomers(20);
        assertGone(5);
    }

    @Test
    void whoAnsweredARememberedSearchStays() {
        fill();
        book.rememberCondition(CONDITION, peer(3), LATER);
        newcomers(19);
        assertThat(book.find(peer(3))).isPresent();
        assertThat(book.forCondition(CONDITION, 10)).hasSize(1);
    }

    @Test
    void namedContactsStayWhateverTheyAre() {
        fill();
        for (int i = 0; i < 20; i++) {
            book.name(peer(i), "name " + i);
            book.hide(peer(i));
        }
        newcomers(5);
        for (int i = 0; i < 20; i++) {
            assertThat(book.find(peer(i))).isPresent();
        }
    }

    @Test
    void theContactsTogetherTakeNoMoreThanTheirBytes() {
        close();
        var usual = Samples.config();
        var one = ContactWrites.ROW_BYTES + 1_000;
        open(Samples.withContactBytes(usual, 10L * one));
        for (int i = 0; i < 50; i++) {
            var record = new byte[900];
            new SplittableRandom(i).nextBytes(record);
            remember(Contact.newcomer(peer(i), Bytes.wrap(record), 1, List.of(), List.of(), LATER));
            assertThat(book.size()).isLessThanOrEqualTo(10);
        }
        assertThat(book.size()).isGreaterThan(8);
        for (int i = 0; i < 50; i++) {
            book.drop(peer(i));
        }
        store.flush();
        assertThat(book.size()).isZero();
        remember(ranked(1, 0.5, NOW));
        assertThat(book.size()).isEqualTo(1);
    }

    @Test
    void roomIsMadeInTheMiddleOfABatchToo() {
        var batch = IntStream.range(0, 100).mapToObj(i -> ranked(i, i / 100.0, NOW, "all"));
        remember(batch.toArray(Contact[]::new));
        assertThat(book.size()).isEqualTo(20);
        assertThat(book.withTag("all", 100)).hasSizeLessThanOrEqualTo(20);
        clock.set(NOW.plus(Duration.ofDays(2)));
        remember(sequenced(500, 1, NOW.plus(Duration.ofDays(3)), "all"));
        assertThat(book.withTag("all", 100)).hasSize(1);
    }

    private void fill() {
        remember(
                IntStream.range(0, 20)
                        .mapToObj(i -> sequenced(i, 1, NOW.plus(Duration.ofDays(1)), "barber"))
                        .toArray(Contact[]::new));
    }

    /// Better than those whom they displace, so that these are the first ones.
    private void newcomers(int count) {
        for (int i = 0; i < count; i++) {
            var number = 1_000 + newcomers++;
            remember(sequenced(number, 1, clock.instant().plus(Duration.ofDays(1)), "barber"));
            book.proofOfLife(peer(number), clock.instant());
            store.flush();
        }
    }

    private void assertGone(int... numbers) {
        for (var number : numbers) {
            assertThat(book.find(peer(number))).as("contact %d", number).isEmpty();
        }
        assertThat(book.size()).isEqualTo(20);
    }

    private void remember(Contact... contacts) {
        book.remember(List.of(contacts));
        store.flush();
    }
}
