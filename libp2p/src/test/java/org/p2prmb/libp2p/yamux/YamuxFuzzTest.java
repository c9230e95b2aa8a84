package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Operations of a hostile remote and an honest application, taken from bytes.
///
/// Whatever comes, the machine throws nothing, keeps its limits, and after a violation sends one
/// GoAway and no more. The default build replays `YamuxFuzzTestInputs` and random bytes.
final class YamuxFuzzTest {
    private static final long[] LENGTHS = {
        0, 1, 77, 16_384, 65_536, 131_072, 262_144, 262_145, 1 << 20, (1 << 20) + 1, 0xffff_ffffL
    };

    private final MachineRig rig = new MachineRig(false);

    /// The streams of the application that live, and what each may still consume.
    private final Map<Integer, Long> unread = new TreeMap<>();

    private final Map<Integer, Boolean> writable = new TreeMap<>();

    @FuzzTest(maxDuration = "1m")
    void operations(byte[] data) {
        new YamuxFuzzTest().run(ByteBuffer.wrap(data));
    }

    static Stream<byte[]> headers() {
        return Stream.of(
                        "000000010000000100000000",
                        "000100000000000100040000",
                        "000200010000000000000007",
                        "000300000000000000000001",
                        "00000001000000010000000000000000000000010000000500000004")
                .map(hex -> Bytes.hex(hex).toArray());
    }

    /// A stream of frames without their bodies, as they are on the wire.
    @MethodSource("headers")
    @FuzzTest(maxDuration = "1m")
    void headers(byte[] data) {
        var fresh = new YamuxFuzzTest();
        for (var at = 0; at + Header.BYTES <= data.length && !fresh.rig.closed(); at += 12) {
            var bytes = Arrays.copyOfRange(data, at, at + Header.BYTES);
            Untrusted.decode(bytes, _ -> Header.decode(bytes, 0))
                    .ifPresent(header -> {
                        var again = new byte[Header.BYTES];
                        header.encode(again, 0);
                        assertThat(again).isEqualTo(bytes);
                        fresh.apply(new YamuxMachine.Received(header));
                    });
            assertThat(fresh.rig.machine.streams()).isLessThanOrEqualTo(512 + 256);
        }
    }

    @Test
    void randomOperationsKeepEveryLimit() {
        Seeds.forEach(
                2000,
                random ->
                        new YamuxFuzzTest()
                                .run(ByteBuffer.wrap(Seeds.bytes(random, random.nextInt(900)))));
    }

    private void run(ByteBuffer data) {
        while (data.remaining() >= 4 && !rig.closed()) {
            step(data.get() & 0xff, data.get() & 0xff, data.get() & 0xff, data.get() & 0xff);
            assertThat(rig.machine.streams()).isLessThanOrEqualTo(512 + 256);
            assertThat(rig.machine.nextTick()).isAfterOrEqualTo(MachineRig.START);
        }
        if (rig.closed()) {
            assertThat(rig.frames())
                    .hasSize(1)
                    .allMatch(frame -> frame.kind() == Header.Kind.GO_AWAY);
            assertThat(rig.frames()).isEmpty();
            assertThat(rig.machine.streams()).isZero();
        }
    }

    private void step(int operation, int one, int two, int three) {
        var id = one % 9;
        switch (operation % 16) {
            case 0, 1, 2, 3, 4, 5 -> receive(one, two, three);
            case 6 -> open();
            case 7 -> write(id, 1 + two * three);
            case 8 -> consume(id, two / 255.0);
            case 9 -> finish(id);
            case 10 -> let(id, new YamuxMachine.Abandon(id));
            case 11 -> let(id, new YamuxMachine.Reset(id));
            case 12 -> room(two << 8 | three);
            case 13 -> rig.tickAfter(Duration.ofMillis(40L * two)).forEach(this::note);
            case 14 -> apply(new YamuxMachine.Awaiting(id));
            default -> apply(three == 0 ? new YamuxMachine.Leave(two) : new YamuxMachine.Ping());
        }
    }

    /// Leans towards frames that are in order, or a run would be over after a few.
    private void receive(int one, int two, int three) {
        var kind = Header.Kind.values()[one >> 6];
        var stream = three == 255 ? 0 : Math.max(1, one & 7);
        var flags = two < 240 ? two & Header.FIN : two & 15;
        var length = three < 240 ? 100L * three : LENGTHS[three % LENGTHS.length];
        var opens = stream % 2 == 1 && !unread.containsKey(stream) && two < 240;
        var frame = new Header(kind, opens ? flags | Header.SYN : flags, stream, length);
        apply(new YamuxMachine.Received(frame));
    }

    private void open() {
        if (rig.machine.canOpen()) {
            apply(new YamuxMachine.Open());
        }
    }

    private void write(int id, int bytes) {
        if (writable.getOrDefault(id, false)) {
            apply(new YamuxMachine.Write(id, bytes));
        }
    }

    private void consume(int id, double share) {
        var bytes = (long) (share * unread.getOrDefault(id, 0L));
        if (bytes > 0) {
            unread.merge(id, -bytes, Long::sum);
            apply(new YamuxMachine.Consumed(id, bytes));
        }
    }

    private void finish(int id) {
        writable.replace(id, false);
        apply(new YamuxMachine.Finish(id));
    }

    private void let(int id, YamuxMachine.Event end) {
        if (unread.containsKey(id)) {
            forget(id);
            apply(end);
            if (id % 2 == 1) {
                apply(new YamuxMachine.Released());
            }
        }
    }

    private void room(int room) {
        var bytes = 0L;
        for (var action : rig.on(new YamuxMachine.Room(room))) {
            note(action);
            if (action instanceof YamuxMachine.Send(var frame)) {
                bytes += Header.BYTES + frame.body();
            }
        }
        assertThat(bytes).isLessThanOrEqualTo(room);
    }

    private void apply(YamuxMachine.Event event) {
        rig.on(event).forEach(this::note);
    }

    private void note(YamuxMachine.Action action) {
        switch (action) {
            case YamuxMachine.Opened(var id) -> begin(id);
            case YamuxMachine.Accept(var id) -> begin(id);
            case YamuxMachine.Deliver(var id, var bytes, var _) ->
                    assertThat(unread.merge(id, bytes, Long::sum)).isLessThanOrEqualTo(16L << 20);
            case YamuxMachine.Aborted(var id, var _) -> forget(id);
            case YamuxMachine.Gone(var id) -> forget(id);
            case YamuxMachine.Send _,
                    YamuxMachine.Discard _,
                    YamuxMachine.Ponged _,
                    YamuxMachine.RemoteLeft _,
                    YamuxMachine.Close _ -> {}
        }
    }

    private void begin(int id) {
        assertThat(unread).doesNotContainKey(id);
        unread.put(id, 0L);
        writable.put(id, true);
    }

    private void forget(int id) {
        unread.remove(id);
        writable.remove(id);
    }
}
