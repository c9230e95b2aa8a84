package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.yamux.YamuxMachine.Consumed;
import org.p2prmb.libp2p.yamux.YamuxMachine.End;
import org.p2prmb.libp2p.yamux.YamuxMachine.Reset;
import org.p2prmb.libp2p.yamux.YamuxMachine.Write;

import java.time.Duration;

/// Windows, turns and the limits on what waits to be sent.
final class YamuxFlowTest {
    private static final int WINDOW = 262_144;

    private final MachineRig dialer = new MachineRig(true);
    private final MachineRig listener = new MachineRig(false);

    @Test
    @DisplayName("rust-yamux#90, nim-libp2p#2787: 262,144 bytes, and not one more")
    void aSenderStopsAtTheWindow() {
        var stream = dialer.open();
        dialer.on(new Write(stream, 10_000_000));

        assertThat(bytes(dialer)).isEqualTo(WINDOW);
        assertThat(dialer.machine.wantsToSend()).isFalse();
        dialer.receive(Header.windowUpdate(0, stream, 1000));
        assertThat(bytes(dialer)).isEqualTo(1000);
    }

    @Test
    @DisplayName("rust-yamux#90: a body larger than the window")
    void oneByteMoreThanTheWindowIsAnError() {
        listener.receive(Header.data(Header.SYN, 1, WINDOW));
        assertThat(listener.closed()).isFalse();
        listener.receive(Header.data(0, 1, 1));
        assertThat(listener.closed()).isTrue();
    }

    @Test
    void whatArrivedGivesNoCreditUntilItIsConsumed() {
        listener.receive(Header.data(Header.SYN, 1, WINDOW));
        assertThat(listener.frames()).isEmpty();

        listener.on(new Consumed(1, WINDOW / 2 - 1));
        assertThat(listener.frames()).isEmpty();
        listener.on(new Consumed(1, 1));
        assertThat(listener.frames()).contains(Header.windowUpdate(Header.ACK, 1, WINDOW / 2));
    }

    @Test
    @DisplayName("py-libp2p#1269: the length of an update is what is added")
    void anUpdateThatWaitsForTheChannelGrowsInsteadOfMultiplying() {
        listener.receive(Header.data(Header.SYN, 1, WINDOW));
        listener.on(new Consumed(1, WINDOW / 2));
        listener.on(new Consumed(1, WINDOW / 2));

        assertThat(listener.frames())
                .containsExactly(
                        Header.windowUpdate(Header.ACK, 1, WINDOW), Header.ping(Header.SYN, 1));
    }

    @Test
    void aFinishedRemoteGetsNoUpdate() {
        listener.receive(Header.data(Header.SYN | Header.FIN, 1, WINDOW));
        listener.on(new Consumed(1, WINDOW));
        assertThat(listener.frames()).isEmpty();
    }

    @Test
    @DisplayName("CVE-2026-31814: credit beyond 32 bits")
    void creditMayReachThirtyTwoBitsAndNoMore() {
        var stream = dialer.open();
        dialer.receive(Header.windowUpdate(Header.ACK, stream, 0xffff_ffffL - WINDOW));
        assertThat(dialer.closed()).isFalse();
        dialer.receive(Header.windowUpdate(0, stream, 1));
        assertThat(dialer.closed()).isTrue();
    }

    @Test
    void theWindowDoublesWhileUpdatesFollowWithinFourRoundTrips() {
        var size = WINDOW;
        consumeWindow(listener, size, Header.SYN);
        pong(listener, Duration.ofMillis(10));
        // The first round trip is known now; 16 MiB is six doublings away.
        for (var turn = 0; turn < 8; turn++) {
            listener.now = listener.now.plusMillis(29);
            var grown = Math.min(2 * size, 16 << 20);
            var update = consumeWindow(listener, size, 0);
            assertThat(update).isEqualTo((long) grown);
            size = grown;
        }
        assertThat(size).isEqualTo(16 << 20);
    }

    @Test
    void aBodyMayFillTheWindowHoweverLargeThatHasGrown() {
        consumeWindow(listener, WINDOW, Header.SYN);
        pong(listener, Duration.ofMillis(10));
        for (var size = WINDOW; size < 16 << 20; size *= 2) {
            assertThat(consumeWindow(listener, size, 0)).isEqualTo(2L * size);
        }

        listener.receive(Header.data(0, 1, 16 << 20));
        assertThat(listener.closed()).isFalse();
        listener.receive(Header.data(0, 1, 1));
        assertThat(listener.closed()).isTrue();
    }

    @Test
    @DisplayName("CVE-2026-32314: a first frame larger than the window")
    void noBodyThatNobodyReadsIsLargerThanAWindow() {
        listener.receive(Header.data(0, 1, 16 << 20));
        assertThat(listener.closed()).isFalse();

        listener.receive(Header.data(0, 1, (16 << 20) + 1));
        assertThat(listener.closed()).isTrue();
    }

    @Test
    void aSlowReaderKeepsASmallWindow() {
        consumeWindow(listener, WINDOW, Header.SYN);
        pong(listener, Duration.ofMillis(10));
        for (var turn = 0; turn < 5; turn++) {
            listener.now = listener.now.plusMillis(40);
            assertThat(consumeWindow(listener, WINDOW, 0)).isEqualTo((long) WINDOW);
        }
    }

    @Test
    void windowsGrowOnlyAsFarAsTheProcessCanAfford() {
        var budget = new SharedWindowBudget(WINDOW);
        var rig = new MachineRig(false, YamuxConfig.defaults(), budget);
        consumeWindow(rig, WINDOW, Header.SYN);
        pong(rig, Duration.ofMillis(10));

        assertThat(consumeWindow(rig, WINDOW, 0)).isEqualTo(2L * WINDOW);
        assertThat(budget.left()).isZero();
        assertThat(consumeWindow(rig, 2 * WINDOW, 0)).isEqualTo(2L * WINDOW);

        rig.on(new Reset(1));
        assertThat(budget.left()).isEqualTo(WINDOW);
    }

    @Test
    void aWindowGrowsOnlyAsFarAsItsStreamAndItsSessionCanAfford() {
        var ofAll = new SharedWindowBudget(WINDOW);
        var ofOne = new SharedWindowBudget(4L * WINDOW);
        var rig = new MachineRig(false, YamuxConfig.defaults(), ofAll);
        rig.receive(Header.data(Header.SYN, 1, 0));
        rig.machine.charge(1, ofOne);
        consumeWindow(rig, WINDOW, 0);
        pong(rig, Duration.ofMillis(10));
        assertThat(consumeWindow(rig, WINDOW, 0)).isEqualTo(2L * WINDOW);
        assertThat(consumeWindow(rig, 2 * WINDOW, 0)).isEqualTo(2L * WINDOW);
        assertThat(ofOne.left()).isEqualTo(3L * WINDOW);
        assertThat(ofAll.left()).isZero();

        rig.on(new End(0));
        assertThat(ofOne.left()).isEqualTo(4L * WINDOW);
        assertThat(ofAll.left()).isEqualTo(WINDOW);
    }

    @Test
    void theEndOfASessionGivesItsMemoryBack() {
        var budget = new SharedWindowBudget(10L * WINDOW);
        var rig = new MachineRig(false, YamuxConfig.defaults(), budget);
        consumeWindow(rig, WINDOW, Header.SYN);
        pong(rig, Duration.ofMillis(10));
        consumeWindow(rig, WINDOW, 0);
        assertThat(budget.left()).isEqualTo(9L * WINDOW);

        rig.on(new End(0));
        assertThat(budget.left()).isEqualTo(10L * WINDOW);
    }

    @Test
    void aLoneSenderUsesLargeFrames() {
        var stream = dialer.open();
        dialer.on(new Write(stream, WINDOW));
        assertThat(dialer.frames()).hasSize(4).allMatch(frame -> frame.length() == 65_536);
    }

    @Test
    void competingSendersTakeTurnsWithSmallFrames() {
        var one = dialer.open();
        var other = dialer.open();
        dialer.on(new Write(one, WINDOW));
        dialer.on(new Write(other, WINDOW));

        assertThat(dialer.frames(6 * (16_384 + Header.BYTES)))
                .extracting(Header::stream)
                .containsExactly(one, other, one, other, one, other);
    }

    @Test
    void framesWithoutABodyOvertakeData() {
        var stream = dialer.open();
        dialer.on(new Write(stream, WINDOW));
        dialer.receive(Header.ping(Header.SYN, 5));
        assertThat(dialer.frames().getFirst()).isEqualTo(Header.ping(Header.ACK, 5));
    }

    @Test
    void framesFitTheRoom() {
        var stream = dialer.open();
        dialer.on(new Write(stream, WINDOW));
        dialer.receive(Header.ping(Header.SYN, 5));
        for (var room : new int[] {0, 11, 12, 13, 100, 5_000, 131_038}) {
            var bytes = dialer.frames(room).stream().mapToLong(f -> Header.BYTES + f.body()).sum();
            assertThat(bytes).isLessThanOrEqualTo(room);
        }
    }

    /// CVE-2024-32984: the remote makes us answer and does not read.
    @Test
    void pingsThatNobodyReadsTheAnswersToAreDropped() {
        for (var ping = 0; ping < 100_000; ping++) {
            listener.receive(Header.ping(Header.SYN, ping));
        }
        assertThat(listener.frames()).hasSize(Outbox.PONGS_MAX);
    }

    /// CVE-2024-32984, with streams that we refuse.
    @Test
    void aFloodOfStreamsThatNobodyReadsTheResetsOfEndsTheConnection() {
        var stream = 1;
        while (!listener.closed() && stream < 1_000_000) {
            listener.receive(Header.windowUpdate(Header.SYN, stream, 0));
            stream += 2;
        }
        assertThat(stream / 2).isEqualTo(StreamTable.UNACKNOWLEDGED_MAX + Outbox.RESETS_MAX + 1);
        assertThat(listener.frames()).containsExactly(Header.goAway(1));
    }

    /// The remote fills the window and the application takes it; returns the credit that follows.
    private static long consumeWindow(MachineRig rig, int window, int flags) {
        for (var left = window; left > 0; left -= Math.min(left, 1 << 18)) {
            rig.receive(Header.data(left == window ? flags : 0, 1, Math.min(left, 1 << 18)));
        }
        rig.on(new Consumed(1, window));
        return rig.frames().stream()
                .filter(frame -> frame.kind() == Header.Kind.WINDOW_UPDATE)
                .mapToLong(Header::length)
                .sum();
    }

    /// Answers the ping that came with the first update, so that the next update knows it.
    private static void pong(MachineRig rig, Duration roundTrip) {
        rig.now = rig.now.plus(roundTrip);
        rig.receive(Header.ping(Header.ACK, 1));
    }

    private static long bytes(MachineRig rig) {
        return rig.frames().stream().mapToLong(Header::body).sum();
    }
}
