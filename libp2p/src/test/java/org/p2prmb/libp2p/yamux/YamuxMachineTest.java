package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.yamux.YamuxMachine.Abandon;
import org.p2prmb.libp2p.yamux.YamuxMachine.Aborted;
import org.p2prmb.libp2p.yamux.YamuxMachine.Accept;
import org.p2prmb.libp2p.yamux.YamuxMachine.Awaiting;
import org.p2prmb.libp2p.yamux.YamuxMachine.Consumed;
import org.p2prmb.libp2p.yamux.YamuxMachine.Deliver;
import org.p2prmb.libp2p.yamux.YamuxMachine.Discard;
import org.p2prmb.libp2p.yamux.YamuxMachine.End;
import org.p2prmb.libp2p.yamux.YamuxMachine.Finish;
import org.p2prmb.libp2p.yamux.YamuxMachine.Gone;
import org.p2prmb.libp2p.yamux.YamuxMachine.Leave;
import org.p2prmb.libp2p.yamux.YamuxMachine.Ping;
import org.p2prmb.libp2p.yamux.YamuxMachine.Ponged;
import org.p2prmb.libp2p.yamux.YamuxMachine.Released;
import org.p2prmb.libp2p.yamux.YamuxMachine.RemoteLeft;
import org.p2prmb.libp2p.yamux.YamuxMachine.Reset;
import org.p2prmb.libp2p.yamux.YamuxMachine.Write;

import java.time.Duration;
import java.util.List;

/// Streams, flags and turns, frame by frame.
final class YamuxMachineTest {
    private static final int WINDOW = 262_144;

    private final MachineRig dialer = new MachineRig(true);
    private final MachineRig listener = new MachineRig(false);

    @Test
    void theDialerOpensOddStreamsAndTheListenerEvenOnes() {
        assertThat(List.of(dialer.open(), dialer.open())).containsExactly(1, 3);
        assertThat(List.of(listener.open(), listener.open())).containsExactly(2, 4);
    }

    @Test
    void theFirstBytesCarryTheSyn() {
        var stream = dialer.open();
        assertThat(dialer.frames()).isEmpty();

        dialer.on(new Write(stream, 5));
        assertThat(dialer.frames()).containsExactly(Header.data(Header.SYN, 1, 5));
    }

    @Test
    void whoWaitsForDataBeforeWritingAnnouncesTheStream() {
        var stream = dialer.open();
        dialer.on(new Awaiting(stream));

        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.SYN, 1, 0));
    }

    @Test
    void aStreamThatWasNeverAnnouncedLeavesNoTrace() {
        dialer.on(new Reset(dialer.open()));
        assertThat(dialer.on(new Abandon(dialer.open()))).containsExactly(new Gone(3));

        assertThat(dialer.frames()).isEmpty();
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void theAnswerCarriesTheAck() {
        assertThat(listener.receive(Header.data(Header.SYN, 1, 5)))
                .containsExactly(new Accept(1), new Deliver(1, 5, false));
        listener.on(new Consumed(1, 5));
        assertThat(listener.frames()).isEmpty();

        listener.on(new Write(1, 7));
        assertThat(listener.frames()).containsExactly(Header.data(Header.ACK, 1, 7));
    }

    @Test
    void anAckIsNotHeldBackWhenTheApplicationWaitsForMore() {
        listener.receive(Header.data(Header.SYN, 1, 5));
        listener.on(new Consumed(1, 5));
        listener.on(new Awaiting(1));

        assertThat(listener.frames()).containsExactly(Header.windowUpdate(Header.ACK, 1, 0));
    }

    @Test
    void moreThanThirtyTwoSlowAnswersAreAcknowledgedOnTheirOwn() {
        for (var stream = 1; stream <= 2 * StreamTable.ACKS_OWED_MAX - 1; stream += 2) {
            listener.receive(Header.data(Header.SYN, stream, 1));
            listener.on(new Consumed(stream, 1));
        }
        assertThat(listener.frames()).isEmpty();

        listener.receive(Header.data(Header.SYN, 1001, 1));
        listener.on(new Consumed(1001, 1));
        assertThat(listener.frames())
                .hasSize(StreamTable.ACKS_OWED_MAX + 1)
                .allMatch(frame -> frame.flags() == Header.ACK);
    }

    @Test
    @DisplayName("py-libp2p#1269: flags say what a frame does")
    void ackAndFinInOneFrameAreBothSeen() {
        var stream = announced();
        assertThat(dialer.receive(Header.windowUpdate(Header.ACK | Header.FIN, stream, 0)))
                .containsExactly(new Deliver(stream, 0, true));

        dialer.on(new Finish(stream));
        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.FIN, stream, 0));
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void dataWithFinDeliversTheDataAndThenTheEnd() {
        assertThat(listener.receive(Header.data(Header.SYN | Header.FIN, 1, 5)))
                .containsExactly(new Accept(1), new Deliver(1, 5, true));
    }

    @Test
    void finRidesOnTheLastDataAndNeverBeforeIt() {
        var stream = dialer.open();
        dialer.on(new Write(stream, WINDOW + 10));
        dialer.on(new Finish(stream));
        assertThat(dialer.frames()).noneMatch(frame -> frame.has(Header.FIN));

        dialer.receive(Header.windowUpdate(Header.ACK, stream, 10));
        assertThat(dialer.frames()).containsExactly(Header.data(Header.FIN, stream, 10));
    }

    @Test
    @DisplayName("py-libp2p#1014: FIN on a window update")
    void bothFinishedIsTheEndOnBothSides() {
        var stream = announced();
        dialer.on(new Finish(stream));
        dialer.frames();
        assertThat(dialer.receive(Header.windowUpdate(Header.FIN, stream, 0)))
                .containsExactly(new Deliver(stream, 0, true), new Gone(stream));
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void halfClosedForWritingStillGivesCreditToRead() {
        var stream = announced();
        dialer.on(new Finish(stream));
        dialer.frames();

        dialer.receive(Header.data(Header.ACK, stream, WINDOW));
        dialer.on(new Consumed(stream, WINDOW));
        assertThat(dialer.frames()).contains(Header.windowUpdate(0, stream, WINDOW));
    }

    @Test
    void aResetFreesEverythingAndItsCodeArrives() {
        var stream = announced();
        dialer.on(new Write(stream, WINDOW * 2));
        assertThat(dialer.receive(Header.windowUpdate(Header.RST, stream, 0x1001)))
                .containsExactly(new Aborted(stream, 0x1001));

        assertThat(dialer.frames()).isEmpty();
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void aResetOnADataFrameDropsItsBody() {
        var stream = announced();
        assertThat(dialer.receive(Header.data(Header.RST, stream, 9)))
                .containsExactly(new Aborted(stream, 0), new Discard(9));
    }

    @Test
    void ourResetIsOneFrame() {
        var stream = announced();
        dialer.on(new Write(stream, 100));
        dialer.on(new Reset(stream));

        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.RST, stream, 0));
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void dataAfterFinResetsThatStreamOnly() {
        var stream = announced();
        dialer.receive(Header.windowUpdate(Header.FIN, stream, 0));

        assertThat(dialer.receive(Header.data(0, stream, 3)))
                .containsExactly(new Aborted(stream, 0), new Discard(3));
        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.RST, stream, 0));
        assertThat(dialer.closed()).isFalse();
    }

    @Test
    @DisplayName("js-libp2p#2505, js-yamux#91, js-yamux#93, rust-yamux#110: nothing is fatal")
    void framesForStreamsThatAreOverAreIgnored() {
        assertThat(listener.receive(Header.windowUpdate(0, 1, 1000))).isEmpty();
        assertThat(listener.receive(Header.windowUpdate(Header.FIN, 2, 0))).isEmpty();
        assertThat(listener.receive(Header.windowUpdate(Header.RST, 7, 0))).isEmpty();
        assertThat(listener.receive(Header.windowUpdate(Header.ACK, 2, 0))).isEmpty();
        assertThat(listener.closed()).isFalse();
    }

    @Test
    void dataForAStreamThatIsOverIsDrained() {
        assertThat(listener.receive(Header.data(0, 1, 65_536)))
                .containsExactly(new Discard(65_536));
        assertThat(listener.frames()).isEmpty();
    }

    @Test
    void aClosedStreamDropsWhatStillComesAndIsResetWhenItLingers() {
        var stream = announced();
        dialer.on(new Abandon(stream));
        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.FIN, stream, 0));

        assertThat(dialer.receive(Header.data(0, stream, 1000))).containsExactly(new Discard(1000));
        assertThat(dialer.tickAfter(Duration.ofSeconds(10))).containsExactly(new Gone(stream));
        assertThat(dialer.frames()).containsExactly(Header.windowUpdate(Header.RST, stream, 0));
        assertThat(dialer.machine.streams()).isZero();
    }

    @Test
    void aClosedStreamGoesQuietlyWhenTheRemoteFinishes() {
        var stream = announced();
        dialer.on(new Abandon(stream));
        dialer.frames();

        assertThat(dialer.receive(Header.windowUpdate(Header.FIN, stream, 0)))
                .containsExactly(new Gone(stream));
        dialer.tickAfter(Duration.ofSeconds(10));
        assertThat(dialer.frames()).isEmpty();
    }

    @Test
    void openersWaitForAcknowledgements() {
        var config = limits(512, 1000);
        var rig = new MachineRig(true, config, new SharedWindowBudget(0));
        for (var stream = 0; stream < StreamTable.UNACKNOWLEDGED_MAX; stream++) {
            rig.open();
        }
        assertThat(rig.machine.canOpen()).isFalse();

        rig.receive(Header.windowUpdate(Header.ACK, 1, 0));
        assertThat(rig.machine.canOpen()).isTrue();
        rig.open();
        assertThat(rig.machine.canOpen()).isFalse();

        // A refused stream is not waited for any more.
        rig.receive(Header.windowUpdate(Header.RST, 3, 0));
        assertThat(rig.machine.canOpen()).isTrue();
    }

    @Test
    void ourOwnStreamsAreLimitedToo() {
        var rig = new MachineRig(true, limits(512, 2), new SharedWindowBudget(0));
        var first = rig.open();
        rig.open();
        assertThat(rig.machine.canOpen()).isFalse();

        rig.on(new Reset(first));
        assertThat(rig.machine.canOpen()).isTrue();
    }

    @Test
    void streamsBeyondTheLimitAreResetAndTheirBodiesDropped() {
        var rig = new MachineRig(false, limits(2, 1), new SharedWindowBudget(0));
        rig.receive(Header.windowUpdate(Header.SYN, 1, 0));
        rig.receive(Header.windowUpdate(Header.SYN, 3, 0));

        assertThat(rig.receive(Header.data(Header.SYN, 5, 7))).containsExactly(new Discard(7));
        assertThat(rig.frames()).containsExactly(Header.windowUpdate(Header.RST, 5, 0));
        assertThat(rig.machine.streams()).isEqualTo(2);
    }

    @Test
    void openingAndResettingInTurnsDoesNotGetPastTheLimit() {
        var rig = new MachineRig(false, limits(2, 1), new SharedWindowBudget(0));
        for (var stream = 1; stream < 100; stream += 2) {
            rig.receive(Header.windowUpdate(Header.SYN, stream, 0));
            rig.receive(Header.windowUpdate(Header.RST, stream, 0));
        }
        assertThat(rig.all(Accept.class)).hasSize(2);

        rig.on(new Released());
        rig.receive(Header.windowUpdate(Header.SYN, 101, 0));
        rig.receive(Header.windowUpdate(Header.SYN, 103, 0));
        assertThat(rig.all(Accept.class)).hasSize(3);
    }

    @Test
    void atMostTwoHundredFiftySixStreamsWaitForOurAcknowledgement() {
        for (var stream = 1; stream <= 2 * 256 - 1; stream += 2) {
            listener.receive(Header.windowUpdate(Header.SYN, stream, 0));
        }
        assertThat(listener.frames()).isEmpty();

        listener.receive(Header.windowUpdate(Header.SYN, 1001, 0));
        assertThat(listener.frames()).containsExactly(Header.windowUpdate(Header.RST, 1001, 0));

        listener.on(new Awaiting(1));
        listener.frames();
        assertThat(listener.receive(Header.windowUpdate(Header.SYN, 1003, 0)))
                .containsExactly(new Accept(1003));
    }

    @Test
    void aPingIsAnsweredWithItsOpaqueValue() {
        listener.receive(Header.ping(Header.SYN, 0xdead_beefL));
        assertThat(listener.frames()).containsExactly(Header.ping(Header.ACK, 0xdead_beefL));
    }

    @Test
    void aPongTellsTheRoundTrip() {
        dialer.on(new Ping());
        var ping = dialer.frames().getFirst();
        dialer.now = dialer.now.plusMillis(7);

        assertThat(dialer.receive(Header.ping(Header.ACK, ping.length())))
                .containsExactly(new Ponged(Duration.ofMillis(7)));
    }

    @Test
    void whoPingsWhileAPingIsUnderWayJoinsIt() {
        dialer.on(new Ping());
        dialer.on(new Ping());
        assertThat(dialer.frames()).hasSize(1);
    }

    @Test
    void silenceIsProbedAndThenEndsTheConnection() {
        assertThat(dialer.machine.nextTick()).isEqualTo(MachineRig.START.plusSeconds(30));
        dialer.tickAfter(Duration.ofSeconds(30));
        assertThat(dialer.frames()).containsExactly(Header.ping(Header.SYN, 1));

        dialer.tickAfter(Duration.ofMillis(9_999));
        assertThat(dialer.closed()).isFalse();
        dialer.tickAfter(Duration.ofMillis(1));
        assertThat(dialer.closed()).isTrue();
    }

    @Test
    void anythingThatComesProvesLife() {
        dialer.tickAfter(Duration.ofSeconds(29));
        dialer.receive(Header.windowUpdate(0, 2, 0));
        dialer.tickAfter(Duration.ofSeconds(29));
        assertThat(dialer.frames()).isEmpty();
    }

    @Test
    void theRemoteThatLeavesGetsNoNewStreamsAndKeepsTheOld() {
        var stream = announced();
        assertThat(dialer.receive(Header.goAway(0))).containsExactly(new RemoteLeft(0));

        assertThat(dialer.machine.canOpen()).isFalse();
        dialer.on(new Write(stream, 3));
        assertThat(dialer.frames()).containsExactly(Header.data(0, stream, 3));
    }

    @Test
    void afterWeLeaveTheRemotesStreamsAreRefused() {
        listener.on(new Leave(0));
        listener.receive(Header.windowUpdate(Header.SYN, 1, 0));
        assertThat(listener.frames())
                .containsExactlyInAnyOrder(Header.goAway(0), Header.windowUpdate(Header.RST, 1, 0));
    }

    @Test
    void atTheEndOnlyTheCodeIsSent() {
        var stream = announced();
        dialer.on(new Write(stream, 100));
        dialer.on(new Ping());
        dialer.on(new End(0));

        assertThat(dialer.frames()).containsExactly(Header.goAway(0));
        assertThat(dialer.receive(Header.data(Header.SYN, 2, 5))).isEmpty();
    }

    private int announced() {
        var stream = dialer.open();
        dialer.on(new Awaiting(stream));
        dialer.frames();
        return stream;
    }

    private static YamuxConfig limits(int inbound, int outbound) {
        var usual = YamuxConfig.defaults();
        return new YamuxConfig(
                inbound,
                outbound,
                usual.windowBytesMax(),
                usual.keepAlive(),
                usual.pingTimeout(),
                usual.writeTimeout(),
                usual.linger());
    }
}
