package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Everything that strangers may do too much of, all at once, against one host.
///
/// Each kind goes on until the end, with a pause between two attempts, so that it is the host's
/// limits and not the machine's processors that are measured.
final class Flood {
    private static final long PAUSE_NANOS = 1_000_000;
    private static final long ROUND_NANOS = 100_000_000;
    private static final long LATE_NANOS_MAX = 60_000_000_000L;
    private static final byte[] NOTHING = new byte[0];

    private final Multiaddr server;
    private final long end;
    private final int held;
    private final Predicate<Set<String>> enough;
    private final Map<String, LongAdder> tried = new ConcurrentHashMap<>();
    private volatile boolean over;

    /// @param held how many connections of each kind the attackers try to keep open
    /// @param enough given what was tried: whether it may end when the time is over, or goes on
    ///     for another minute at most
    Flood(Multiaddr server, long nanos, int held, Predicate<Set<String>> enough) {
        this.server = server;
        this.end = System.nanoTime() + nanos;
        this.held = held;
        this.enough = enough;
    }

    /// Runs all kinds side by side until it is enough; returns how often each was tried.
    Map<String, Long> run() throws InterruptedException {
        var kinds =
                List.<Runnable>of(
                        () -> connections("silentConnections", this::silent),
                        () -> connections("connections", this::idle),
                        () -> repeat("streams", this::streams),
                        () -> repeat("unreadStreams", this::unreadStreams),
                        () -> repeat("muxerPings", this::muxerPings),
                        () -> repeat("pingStreams", this::pingStreams),
                        () -> repeat("subscriptions", this::subscriptions),
                        () -> repeat("ihave", this::ihave),
                        () -> repeat("junk", this::junk));
        var threads = kinds.stream().map(Thread.ofVirtual()::start).toList();
        try {
            while (goesOn() && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(ROUND_NANOS);
            }
        } finally {
            over = true;
        }
        for (var thread : threads) {
            thread.join();
        }
        var counts = new TreeMap<String, Long>();
        tried.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }

    private boolean goesOn() {
        var late = System.nanoTime() - end;
        return late < 0 || late < LATE_NANOS_MAX && !enough.test(tried.keySet());
    }

    private void count(String kind, long more) {
        tried.computeIfAbsent(kind, _ -> new LongAdder()).add(more);
    }

    private interface Step {
        void run() throws IOException;
    }

    private interface Opener {
        Attacker open() throws IOException;
    }

    /// Opens ever more connections, and lets the oldest go when there are too many of our own, or
    /// one is refused: who needs a connection to flood gets a place now and then.
    private void connections(String kind, Opener opener) {
        var open = new ArrayDeque<Attacker>();
        while (!over) {
            count(kind, 1);
            boolean refused = false;
            try {
                open.add(opener.open());
            } catch (IOException _) {
                refused = true;
                count(kind + "Refused", 1);
            }
            if (open.size() > held || refused && !open.isEmpty()) {
                open.remove().close();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        open.forEach(Attacker::close);
    }

    private Attacker silent() throws IOException {
        return new Attacker(server);
    }

    private Attacker idle() throws IOException {
        var attacker = new Attacker(server);
        var done = false;
        try {
            attacker.secure(server);
            done = true;
            return attacker;
        } finally {
            if (!done) {
                attacker.close();
            }
        }
    }

    private void repeat(String kind, Step step) {
        while (!over) {
            try {
                step.run();
            } catch (IOException _) {
                count(kind + "CutOff", 1);
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    /// Ten times as many streams as one peer may have, none of which says what it wants.
    private void streams() throws IOException {
        try (var attacker = new Attacker(server)) {
            var secure = attacker.secure(server);
            for (var i = 0; i < 5_120 && !over; i++) {
                write(secure, Attacker.open(2 * i + 1, NOTHING));
                count("streams", 1);
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    /// Streams that have much sent back to them and read nothing.
    private void unreadStreams() throws IOException {
        try (var attacker = new Attacker(server)) {
            var secure = attacker.secure(server);
            var wish = new byte[] {0, 0, 0, 0, 1, 0, 0, 0};
            for (var i = 0; i < 2_560 && !over; i++) {
                write(secure, Attacker.open(2 * i + 1, asking(BenchProtocols.SOURCE, wish)));
                count("unreadStreams", 1);
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private void muxerPings() throws IOException {
        try (var attacker = new Attacker(server)) {
            var secure = attacker.secure(server);
            for (var i = 0; i < 100_000 && !over; i++) {
                write(secure, Attacker.frame(Attacker.PING, Attacker.SYN, 0, i, NOTHING));
                count("muxerPings", 1);
            }
        }
    }

    private void pingStreams() throws IOException {
        try (var attacker = new Attacker(server)) {
            var secure = attacker.secure(server);
            for (var i = 0; i < 40; i++) {
                write(secure, Attacker.open(2 * i + 1, asking("/ipfs/ping/1.0.0", new byte[32])));
                count("pingStreams", 1);
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private void subscriptions() throws IOException {
        gossip(
                "subscriptions",
                number -> {
                    var rpc = new ByteArrayOutputStream();
                    for (var i = 0; i < 100; i++) {
                        var topic =
                                field(
                                        2,
                                        ("topic-" + number + "-" + i)
                                                .getBytes(StandardCharsets.UTF_8));
                        rpc.writeBytes(field(1, concat(new byte[] {8, 1}, topic)));
                    }
                    return rpc.toByteArray();
                });
    }

    private void ihave() throws IOException {
        gossip(
                "ihave",
                number -> {
                    var random = new SplittableRandom(number);
                    var topic = field(1, LoadServer.TOPIC.getBytes(StandardCharsets.UTF_8));
                    var ids = new ByteArrayOutputStream();
                    for (var i = 0; i < 500; i++) {
                        var id = new byte[20];
                        random.nextBytes(id);
                        ids.writeBytes(field(2, id));
                    }
                    return field(3, field(1, concat(topic, ids.toByteArray())));
                });
    }

    private interface Rpcs {
        byte[] rpc(int number);
    }

    private void gossip(String kind, Rpcs rpcs) throws IOException {
        try (var attacker = new Attacker(server)) {
            var secure = attacker.secure(server);
            write(secure, Attacker.open(1, asking("/meshsub/1.1.0", NOTHING)));
            for (var i = 0; i < 200 && !over; i++) {
                var rpc = rpcs.rpc(i);
                var framed = concat(varint(rpc.length), rpc);
                write(secure, Attacker.frame(Attacker.DATA, 0, 1, framed.length, framed));
                count(kind, 1);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /// Random bytes instead of a handshake, and instead of frames after it.
    private void junk() throws IOException {
        var random = new SplittableRandom(System.nanoTime());
        for (var i = 0; i < 40 && !over; i++) {
            try (var attacker = new Attacker(server)) {
                var junk = new byte[1 + random.nextInt(65_535)];
                random.nextBytes(junk);
                count("junk", 1);
                if (random.nextBoolean()) {
                    attacker.send(junk);
                } else {
                    write(attacker.secure(server), junk);
                }
            } catch (IOException _) {
                count("junkCutOff", 1);
            }
        }
    }

    private static void write(SecureChannel secure, byte[] bytes) throws IOException {
        secure.write(bytes, 0, bytes.length);
    }

    private static byte[] asking(String protocol, byte[] data) {
        return concat(Multistream.proposal(protocol), data);
    }

    private static byte[] field(int number, byte[] bytes) {
        return concat(concat(new byte[] {(byte) (number << 3 | 2)}, varint(bytes.length)), bytes);
    }

    private static byte[] varint(int value) {
        var out = new ByteArrayOutputStream();
        for (var rest = value; ; rest >>>= 7) {
            if (rest < 128) {
                out.write(rest);
                return out.toByteArray();
            }
            out.write(rest & 127 | 128);
        }
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        var both = new byte[head.length + tail.length];
        System.arraycopy(head, 0, both, 0, head.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }
}
