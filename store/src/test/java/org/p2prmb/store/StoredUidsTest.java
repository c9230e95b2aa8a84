package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.peer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.message.UidLog;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class StoredUidsTest {
    private static final Bytes ANSWER = Bytes.utf8("answer");

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();
    private Store store;
    private UidLog log;

    @BeforeEach
    void open() {
        store = Store.open(folder.resolve("data"), Samples.small(20, 30, 5, 10, 5), clock);
        log = store.uids();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aMessageRunsOnceAndItsRepeatsGetTheAnswer() {
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Fresh());
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.InProgress());
        log.answered(uid(1), peer(1), ANSWER);
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Repeat(ANSWER));
        log.answered(uid(1), peer(1), Bytes.utf8("another"));
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Repeat(ANSWER));
    }

    @Test
    void anEmptyAnswerIsAnAnswer() {
        log.claim(uid(1), peer(1), LATER);
        log.answered(uid(1), peer(1), Bytes.EMPTY);
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Repeat(Bytes.EMPTY));
    }

    @Test
    void twoSourcesMayUseTheSameUid() {
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Fresh());
        assertThat(log.claim(uid(1), peer(2), LATER)).isEqualTo(new Claim.Fresh());
    }

    @Test
    void aRestartKeepsAnswersAndMarksUnansweredClaimsAsInterrupted() {
        log.claim(uid(1), peer(1), LATER);
        log.claim(uid(2), peer(1), LATER);
        log.answered(uid(2), peer(1), ANSWER);
        close();
        open();
        assertThat(log.claim(uid(1), peer(1), LATER)).isEqualTo(new Claim.Interrupted());
        assertThat(log.claim(uid(2), peer(1), LATER)).isEqualTo(new Claim.Repeat(ANSWER));
        assertThat(log.since()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void oneSourceCannotFillTheLog() {
        for (int i = 0; i < 5; i++) {
            assertThat(log.claim(uid(i), peer(1), LATER)).isEqualTo(new Claim.Fresh());
        }
        assertThat(log.claim(uid(5), peer(1), LATER)).isEqualTo(new Claim.Full());
        assertThat(log.claim(uid(4), peer(1), LATER)).isEqualTo(new Claim.InProgress());
        assertThat(log.claim(uid(5), peer(2), LATER)).isEqualTo(new Claim.Fresh());
    }

    @Test
    void aFullLogRefusesUntilClaimsExpire() {
        for (int i = 0; i < 10; i++) {
            assertThat(log.claim(uid(i), peer(i), NOW.plusSeconds(10 + i)))
                    .isEqualTo(new Claim.Fresh());
        }
        assertThat(log.claim(uid(50), peer(50), LATER)).isEqualTo(new Claim.Full());
        close();
        open();
        assertThat(log.claim(uid(50), peer(50), LATER)).isEqualTo(new Claim.Full());
        clock.set(NOW.plusSeconds(10));
        var claim = log.claim(uid(50), peer(50), LATER);
        for (int i = 0; i < 10_000 && claim.equals(new Claim.Full()); i++) {
            claim = log.claim(uid(50), peer(50), LATER);
        }
        assertThat(claim).isEqualTo(new Claim.Fresh());
    }

    @Test
    void manyLargeAnswersCloseTheDoor() {
        log.claim(uid(1), peer(1), LATER);
        log.answered(uid(1), peer(1), Bytes.wrap(new byte[UidLog.ANSWER_BYTES_MAX]));
        assertThat(log.claim(uid(2), peer(1), LATER)).isEqualTo(new Claim.Full());
        close();
        open();
        assertThat(log.claim(uid(2), peer(1), LATER)).isEqualTo(new Claim.Full());
        assertThat(log.claim(uid(1), peer(1), LATER)).isInstanceOf(Claim.Repeat.class);
    }

    @Test
    void ofManyThreadsExactlyOneGetsTheMessage() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Claim>>();
            for (int i = 0; i < 64; i++) {
                calls.add(() -> log.claim(uid(1), peer(1), LATER));
            }
            List<Future<Claim>> claims = threads.invokeAll(calls);
            var fresh = 0;
            for (var claim : claims) {
                fresh += claim.get().equals(new Claim.Fresh()) ? 1 : 0;
            }
            assertThat(fresh).isEqualTo(1);
        }
    }

    private static Bytes uid(int number) {
        return Bytes.utf8("uid-" + number);
    }
}
