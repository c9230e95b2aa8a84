package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Validator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Workload D: ten hosts in this process, four links each, every signature verified at every hop.
///
/// Prints what it measures, and last `result N`: the highest rate in messages per second at which
/// every message reached all nine others, p99 stayed below 500 ms and the publisher kept pace.
final class GossipBenchmark {
    private static final String TOPIC = "bench";
    private static final int HOSTS = 10;
    private static final int PAYLOAD_BYTES = 1_024;
    private static final double KEPT_PACE = 0.98;
    private static final double P99_MILLIS_MAX = 500;
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final List<Host> hosts = new ArrayList<>();
    private final List<GossipSub> routers = new ArrayList<>();
    private final byte[] noise = new byte[PAYLOAD_BYTES];
    private boolean paceKept;
    private volatile GossipBurst current = new GossipBurst(0, 1, HOSTS - 1);

    private GossipBenchmark() {
        new Random(1).nextBytes(noise);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var benchmark = new GossipBenchmark();
        benchmark.connect();
        benchmark.burst(100, 5);
        benchmark.burst(400, 8);
        var calm = benchmark.burst(50, 10);
        say(
                "D1 50 msg/s: p50 %.1f, p99 %.1f ms",
                calm.percentileMillis(0.50), calm.percentileMillis(0.99));
        say("result %.0f", benchmark.highestRate());
        System.exit(0);
    }

    private void connect() throws IOException, InterruptedException {
        for (var index = 0; index < HOSTS; index++) {
            var host = Hosts.identified();
            hosts.add(host);
            var router = GossipSub.start(host, GossipConfig.defaults().withFloodPublish(false));
            routers.add(router);
            var _ = router.subscribe(TOPIC, Validator.ACCEPT_ALL, this::received);
        }
        for (var index = 0; index < HOSTS; index++) {
            for (var step = 1; step <= 2; step++) {
                var other = hosts.get((index + step) % HOSTS);
                var address = other.listenAddresses().getFirst().withPeer(other.peerId());
                hosts.get(index).connect(address, Duration.ofSeconds(10));
            }
        }
        LockSupport.parkNanos(SETTLE.toNanos());
    }

    private void received(GossipMessage message) {
        var payload = ByteBuffer.wrap(message.data().unsafeArray());
        var sent = payload.getLong();
        var burst = current;
        if (payload.getInt() == burst.number) {
            burst.delivered(payload.getInt(), System.nanoTime() - sent);
        }
    }

    /// Publishes `rate` messages a second for `seconds`, and waits for the last to arrive.
    private GossipBurst burst(int rate, int seconds) throws InterruptedException {
        var burst = new GossipBurst(current.number + 1, rate * seconds, HOSTS - 1);
        current = burst;
        var start = System.nanoTime();
        for (var index = 0; index < burst.messages; index++) {
            var due = start + (long) (index * 1e9 / rate);
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            routers.get(index % HOSTS).publish(TOPIC, payload(burst.number, index));
        }
        var took = (System.nanoTime() - start) / 1e9;
        paceKept = seconds / took >= KEPT_PACE;
        var end = System.nanoTime() + SETTLE.toNanos();
        while (!burst.complete() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return burst;
    }

    private Bytes payload(int burst, int index) {
        var bytes = noise.clone();
        ByteBuffer.wrap(bytes).putLong(System.nanoTime()).putInt(burst).putInt(index);
        return Bytes.wrap(bytes);
    }

    private double highestRate() throws InterruptedException {
        var passed = 0.0;
        var failed = Double.MAX_VALUE;
        for (var rate = 400.0; failed == Double.MAX_VALUE; rate *= 1.6) {
            if (passes((int) rate)) {
                passed = rate;
            } else {
                failed = rate;
            }
        }
        while (failed / passed > 1.1 && failed >= 2) {
            var middle = (passed + failed) / 2;
            if (passes((int) middle)) {
                passed = middle;
            } else {
                failed = middle;
            }
        }
        return passed;
    }

    /// Two failures in a row make a failure: one may be the machine's.
    private boolean passes(int rate) throws InterruptedException {
        for (var attempt = 0; attempt < 2; attempt++) {
            if (tryRate(rate)) {
                return true;
            }
        }
        return false;
    }

    private boolean tryRate(int rate) throws InterruptedException {
        var burst = burst(rate, 5);
        var p99 = burst.percentileMillis(0.99);
        var passes = burst.complete() && p99 < P99_MILLIS_MAX && paceKept;
        say(
                "D2 %d msg/s: %s, %d missing, p99 %.0f ms%s",
                rate,
                passes ? "passed" : "failed",
                burst.missing(),
                p99,
                paceKept ? "" : ", publisher too slow");
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        return passes;
    }

    private static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
