package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Work handed over by loops: [Errands] side by side, [Backlog] in order.
final class ErrandsTest {
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    @Test
    void errandsRunSideBySideUpToTheirBoundAndTheRestInTurn() throws Exception {
        var go = new CountDownLatch(1);
        var running = new AtomicInteger();
        var done = new AtomicInteger();
        try (var errands = new Errands(failure::complete)) {
            for (int i = 0; i < 300; i++) {
                errands.start(() -> {
                    running.incrementAndGet();
                    go.await();
                    done.incrementAndGet();
                });
            }
            Eventually.holds("as many run as may", () -> running.get() == 256);
            go.countDown();
            Eventually.holds("all are done", () -> done.get() == 300);
        }
        assertThat(failure).isNotDone();
    }

    @Test
    void whatIsTooMuchIsLeftOut() {
        var taken = 0;
        try (var errands = new Errands(failure::complete)) {
            while (taken < 10_000 && errands.start(() -> new CountDownLatch(1).await())) {
                taken++;
            }
        }
        assertThat(taken).isEqualTo(8_192);
    }

    @Test
    void aFailedErrandEndsTheAgent() throws Exception {
        try (var errands = new Errands(failure::complete)) {
            errands.start(() -> {
                throw new IllegalStateException("broken");
            });
            assertThat(failure.get(20, TimeUnit.SECONDS)).hasMessage("broken");
        }
    }

    @Test
    void closingInterruptsWhatRunsAndIsNoFailure() {
        var running = new CountDownLatch(2);
        var interrupted = new CountDownLatch(2);
        var errands = new Errands(failure::complete);
        errands.start(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        });
        errands.start(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IllegalStateException("the store is closed", e);
            }
        });
        Eventually.holds("both run", () -> running.getCount() == 0);
        errands.close();
        assertThat(interrupted.getCount()).isZero();
        assertThat(errands.start(() -> {})).isFalse();
        assertThat(failure).isNotDone();
    }

    @Test
    void aBacklogIsWorkedOffInOrderEvenWhenItIsClosed() {
        var seen = new ArrayList<Integer>();
        var expected = new ArrayList<Integer>();
        var backlog = new Backlog("test", failure::complete);
        for (int i = 0; i < 5_000; i++) {
            var number = i;
            expected.add(number);
            backlog.put(() -> seen.add(number));
        }
        backlog.close();
        assertThat(seen).isEqualTo(expected);
        backlog.put(() -> seen.add(-1));
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void aFailureInTheBacklogEndsTheAgentAndBlocksNobody() throws Exception {
        var backlog = new Backlog("test", failure::complete);
        backlog.put(() -> {
            throw new IllegalStateException("broken");
        });
        assertThat(failure.get(20, TimeUnit.SECONDS)).hasMessage("broken");
        for (int i = 0; i < 5_000; i++) {
            backlog.put(() -> {});
        }
        backlog.close();
    }
}
