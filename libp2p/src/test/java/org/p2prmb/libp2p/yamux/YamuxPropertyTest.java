package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Two machines, joined by wires of frames, under random operations of two applications.
///
/// Bodies are known by their offset in their stream's direction, so a byte that is lost, doubled
/// or out of order shows as a wrong offset.
final class YamuxPropertyTest {
    private static final int STEPS = 400;
    private static final long WINDOW_MAX = YamuxConfig.defaults().windowBytesMax();

    private final List<Side> sides = new ArrayList<>();

    /// A frame on the wire, and where in its stream's direction the body begins.
    private record Wired(Header frame, long offset) {}

    /// One application's view of one stream.
    private static final class Half {
        long written;
        long sent;
        long delivered;
        long consumed;
        boolean finished;
        boolean ended;
        boolean closed;
        boolean gaveUp;
        boolean aborted;

        boolean usable() {
            return !closed && !aborted;
        }
    }

    /// One machine, its application and its outgoing wire.
    private final class Side {
        final MachineRig rig;
        final Map<Integer, Half> halves = new TreeMap<>();
        final Queue<Wired> wire = new ArrayDeque<>();

        Side(boolean dialer) {
            rig = new MachineRig(dialer);
        }

        void apply(YamuxMachine.Event event) {
            for (var action : rig.on(event)) {
                perform(action);
            }
        }

        void perform(YamuxMachine.Action action) {
            switch (action) {
                case YamuxMachine.Send(var frame) -> send(frame);
                case YamuxMachine.Opened(var id) -> halves.put(id, new Half());
                case YamuxMachine.Accept(var id) -> halves.put(id, new Half());
                case YamuxMachine.Deliver(var id, var bytes, var last) -> {
                    var half = halves.get(id);
                    assertThat(half.ended).isFalse();
                    assertThat(half.closed).isFalse();
                    half.delivered += bytes;
                    half.ended |= last;
                    assertThat(half.delivered - half.consumed).isLessThanOrEqualTo(WINDOW_MAX);
                }
                case YamuxMachine.Aborted(var id, var _) -> halves.get(id).aborted = true;
                case YamuxMachine.Close(var reason) -> throw new AssertionError(reason);
                case YamuxMachine.Discard _,
                        YamuxMachine.Gone _,
                        YamuxMachine.Ponged _,
                        YamuxMachine.RemoteLeft _ -> {}
            }
        }

        private void send(Header frame) {
            var half = halves.get(frame.stream());
            wire.add(new Wired(frame, half == null ? 0 : half.sent));
            if (half != null) {
                half.sent += frame.body();
                assertThat(half.sent).isLessThanOrEqualTo(half.written);
            }
        }

        void receive(Wired wired) {
            var half = halves.get(wired.frame().stream());
            if (half != null && half.usable() && wired.frame().body() > 0) {
                assertThat(wired.offset()).isEqualTo(half.delivered);
            }
            apply(new YamuxMachine.Received(wired.frame()));
        }
    }

    @Test
    void noByteIsLostDoubledOrMovedAndNothingIsLeftBehind() {
        Seeds.forEach(
                300,
                random -> {
                    sides.clear();
                    sides.add(new Side(true));
                    sides.add(new Side(false));
                    for (var step = 0; step < STEPS; step++) {
                        step(random);
                    }
                    windUp(random);
                    everythingArrived();
                });
    }

    private void step(RandomGenerator random) {
        var side = sides.get(random.nextInt(2));
        var id = anyStream(side, random);
        switch (random.nextInt(16)) {
            case 0 -> open(side);
            case 1, 2, 3 -> write(side, id, random.nextInt(1, 1 << random.nextInt(1, 20)));
            case 4, 5, 6 -> consume(side, id, random);
            case 7 -> finish(side, id);
            case 8 -> rarely(random, () -> abandon(side, id));
            case 9 -> rarely(random, () -> reset(side, id));
            case 10 -> side.apply(new YamuxMachine.Awaiting(id));
            case 11 -> side.apply(new YamuxMachine.Ping());
            case 12 -> passTime(random);
            case 13, 14 -> side.apply(new YamuxMachine.Room(random.nextInt(1 << 18)));
            default -> transfer(side, random.nextInt(1, 20));
        }
    }

    private static void rarely(RandomGenerator random, Runnable body) {
        if (random.nextInt(4) == 0) {
            body.run();
        }
    }

    private static int anyStream(Side side, RandomGenerator random) {
        var ids = List.copyOf(side.halves.keySet());
        return ids.isEmpty() ? 1 : ids.get(random.nextInt(ids.size()));
    }

    private static void open(Side side) {
        if (side.rig.machine.canOpen()) {
            side.apply(new YamuxMachine.Open());
        }
    }

    private static void write(Side side, int id, int bytes) {
        var half = side.halves.get(id);
        if (half != null && half.usable() && !half.finished) {
            half.written += bytes;
            side.apply(new YamuxMachine.Write(id, bytes));
        }
    }

    private static void consume(Side side, int id, RandomGenerator random) {
        var half = side.halves.get(id);
        if (half != null && half.usable() && half.delivered > half.consumed) {
            var bytes = random.nextLong(1, half.delivered - half.consumed + 1);
            half.consumed += bytes;
            side.apply(new YamuxMachine.Consumed(id, bytes));
        }
    }

    private static void finish(Side side, int id) {
        var half = side.halves.get(id);
        if (half != null && half.usable()) {
            half.finished = true;
            side.apply(new YamuxMachine.Finish(id));
        }
    }

    private static void abandon(Side side, int id) {
        var half = side.halves.get(id);
        if (half != null && half.usable() && half.sent == half.written) {
            half.finished = true;
            half.closed = true;
            half.gaveUp = !half.ended;
            side.apply(new YamuxMachine.Abandon(id));
        }
    }

    private static void reset(Side side, int id) {
        var half = side.halves.get(id);
        if (half != null && half.usable()) {
            half.aborted = true;
            side.apply(new YamuxMachine.Reset(id));
        }
    }

    private void passTime(RandomGenerator random) {
        var time = Duration.ofMillis(random.nextInt(20));
        for (var side : sides) {
            side.rig.tickAfter(time).forEach(side::perform);
        }
    }

    private void transfer(Side from, int framesMax) {
        var to = sides.get(from == sides.getFirst() ? 1 : 0);
        for (var i = 0; i < framesMax && !from.wire.isEmpty(); i++) {
            to.receive(from.wire.remove());
        }
    }

    /// Both applications finish, read to the end and let go; all frames travel.
    private void windUp(RandomGenerator random) {
        for (var side : sides) {
            List.copyOf(side.halves.keySet()).forEach(id -> finish(side, id));
        }
        settle(random);
        for (var side : sides) {
            List.copyOf(side.halves.keySet()).forEach(id -> abandon(side, id));
        }
        settle(random);
        // Whose remote gave up reading is cut when that lingers.
        for (var side : sides) {
            side.rig.tickAfter(Duration.ofSeconds(10)).forEach(side::perform);
        }
        settle(random);
    }

    private void settle(RandomGenerator random) {
        var moved = true;
        for (var turn = 0; moved && turn < 10_000; turn++) {
            moved = false;
            for (var side : sides) {
                for (var id : List.copyOf(side.halves.keySet())) {
                    consume(side, id, random);
                }
                side.apply(new YamuxMachine.Room(1 << 17));
                moved |= !side.wire.isEmpty() || side.rig.machine.wantsToSend();
                transfer(side, Integer.MAX_VALUE);
            }
            moved |= sides.stream().anyMatch(YamuxPropertyTest::hasUnread);
        }
        assertThat(moved).isFalse();
    }

    private static boolean hasUnread(Side side) {
        return side.halves.values().stream()
                .anyMatch(half -> half.usable() && half.delivered > half.consumed);
    }

    private void everythingArrived() {
        var dialer = sides.getFirst();
        var listener = sides.getLast();
        assertThat(dialer.rig.machine.streams()).isZero();
        assertThat(listener.rig.machine.streams()).isZero();
        dialer.halves.forEach((id, here) -> {
            var there = listener.halves.get(id);
            if (there == null || here.aborted || there.aborted) {
                return;
            }
            arrived(here, there);
            arrived(there, here);
        });
    }

    private static void arrived(Half writer, Half reader) {
        if (!reader.gaveUp) {
            assertThat(writer.sent).isEqualTo(writer.written);
            assertThat(reader.delivered).isEqualTo(writer.written);
            assertThat(reader.ended).isTrue();
        }
    }
}
