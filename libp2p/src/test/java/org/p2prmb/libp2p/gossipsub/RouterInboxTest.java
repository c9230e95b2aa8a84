package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

@Timeout(60)
final class RouterInboxTest {
    private static final GossipStreams LIMITS = GossipStreams.defaults();
    private static final int ALL = LIMITS.inboxBytesMax();

    private final CountDownLatch busy = new CountDownLatch(1);
    private final List<Event> seen = new CopyOnWriteArrayList<>();
    private final List<Throwable> deaths = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RouterInbox inbox =
            new RouterInbox("test", new Busy(), new MonotonicClock(), LIMITS, _ -> {}, deaths::add);

    @AfterEach
    void close() {
        busy.countDown();
        inbox.close();
        threads.close();
        assertThat(deaths).isEmpty();
    }

    private static Event topic(String name) {
        return new Event.Joined(name);
    }

    private Future<Void> receive(String name, int bytes) {
        Callable<Void> reader =
                () -> {
                    inbox.receive(topic(name), bytes);
                    return null;
                };
        return threads.submit(reader);
    }

    @Test
    void readersWaitForTheirBytesAndWhatHasNoneGoesOn() throws Exception {
        inbox.receive(topic("a"), ALL - 1);
        var waiting = receive("b", 2);
        Eventually.holds("the reader waits", inbox::isFull);
        inbox.put(topic("c"));
        busy.countDown();

        waiting.get();
        Eventually.holds("all is seen", () -> seen.size() == 3);
        assertThat(seen).containsExactly(topic("a"), topic("c"), topic("b"));
        for (var time = 0; time < 10; time++) {
            inbox.receive(topic("d"), ALL); // Nothing of the budget is lost.
        }
    }

    @Test
    void nobodyWaitsForARouterThatHasEnded() throws Exception {
        inbox.receive(topic("a"), ALL);
        var waiting = List.of(receive("b", ALL), receive("c", ALL), receive("d", 1));
        Eventually.holds("readers wait", inbox::isFull);
        inbox.close();
        for (var reader : waiting) {
            assertThatThrownBy(reader::get).hasCauseInstanceOf(IOException.class);
        }
    }

    /// Sees nothing before `busy` is down.
    private final class Busy implements Machine<Event, Action> {
        @Override
        public List<Action> on(Instant now, Event event) {
            try {
                busy.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // Closed.
            }
            seen.add(event);
            return List.of();
        }

        @Override
        public List<Action> tick(Instant now) {
            return List.of();
        }

        @Override
        public Instant nextTick() {
            return Instant.MAX;
        }
    }
}
