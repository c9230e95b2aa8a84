package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;

@Timeout(60)
final class UnreadMemoryTest {
    private static final int WINDOW = 256 << 10;
    private static final int FRAME = 64 << 10;

    private static byte[] data(int stream, int flags) {
        return ByteBuffer.allocate(Header.BYTES + FRAME)
                .put((byte) 0)
                .put((byte) 0)
                .putShort((short) flags)
                .putInt(stream)
                .putInt(FRAME)
                .array();
    }

    @Test
    void streamsWhoseDataNobodyReadsAreResetWhenTheMemoryIsUsedUp() throws Exception {
        var budget = new SharedWindowBudget(WINDOW);
        try (var peer = new RawPeer(budget)) {
            for (var stream = 1; stream <= 7; stream += 2) {
                peer.send(data(stream, Header.SYN));
                for (var i = 1; i < WINDOW / FRAME; i++) {
                    peer.send(data(stream, 0));
                }
            }
            var reset = new ArrayList<Integer>();
            while (reset.size() < 3) {
                var frame = peer.receive();
                if (frame.has(Header.RST)) {
                    reset.add(frame.stream());
                }
            }
            assertThat(reset).containsExactly(3, 5, 7);
            var first = peer.side.accept();
            assertReads(first, WINDOW);
            assertThat(budget.left()).isEqualTo(WINDOW);

            peer.send(data(1, 0));
            assertReads(first, FRAME);
        }
    }

    private static void assertReads(YamuxStream stream, int bytes) throws IOException {
        var buffer = new byte[FRAME];
        for (var left = bytes; left > 0; ) {
            left -= stream.read(buffer, 0, Math.min(left, FRAME));
        }
    }

    @Test
    void aStreamThatIsClosedOrResetWithUnreadDataGivesItsMemoryBack() throws Exception {
        var budget = new SharedWindowBudget(1 << 20);
        try (var peer = new RawPeer(budget)) {
            for (var stream = 1; stream <= 3; stream += 2) {
                peer.send(data(stream, Header.SYN));
                peer.send(data(stream, 0));
            }
            var one = peer.side.accept();
            var two = peer.side.accept();
            Eventually.holds("all has come", () -> budget.left() == (1 << 20) - 3L * FRAME);
            one.close();
            two.reset();
            assertThat(budget.left()).isEqualTo(1 << 20);
            assertThatThrownBy(() -> two.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aStreamThatIsLetGoAfterItsConnectionGivesItsMemoryBack() throws Exception {
        var budget = new SharedWindowBudget(1 << 20);
        try (var peer = new RawPeer(budget)) {
            peer.send(data(1, Header.SYN));
            peer.send(data(1, 0));
            var stream = peer.side.accept();
            Eventually.holds("all has come", () -> budget.left() == (1 << 20) - FRAME);
            peer.hangUp();
            peer.side.closing();
            stream.reset();
            assertThat(budget.left()).isEqualTo(1 << 20);
        }
    }

    @Test
    void aStreamHoldsNoMoreThanItsOwnBudgetAndOthersGoOn() throws Exception {
        var ofAll = new SharedWindowBudget(1 << 20);
        var ofOne = new SharedWindowBudget(2 * FRAME);
        try (var peer = new RawPeer(ofAll)) {
            peer.send(data(1, Header.SYN));
            peer.send(data(1, 0));
            peer.send(data(3, Header.SYN));
            var one = peer.side.accept();
            var other = peer.side.accept();
            Eventually.holds("all has come", () -> ofAll.left() == (1 << 20) - 2L * FRAME);
            one.charge(ofOne);
            assertThat(ofOne.left()).isEqualTo(FRAME);

            peer.send(data(1, 0));
            peer.send(data(1, 0));
            Header frame;
            do {
                frame = peer.receive();
            } while (!frame.has(Header.RST));
            assertThat(frame.stream()).isEqualTo(1);
            assertThat(ofOne.left()).isEqualTo(2 * FRAME);
            assertThatThrownBy(() -> one.read(new byte[1], 0, 1)).hasMessageContaining("memory");
            assertReads(other, FRAME);
            assertThat(ofAll.left()).isEqualTo(1 << 20);
        }
    }

    @Test
    void aStreamThatHoldsMoreThanItsBudgetWhenItGetsOneIsReset() throws Exception {
        var ofAll = new SharedWindowBudget(1 << 20);
        try (var peer = new RawPeer(ofAll)) {
            peer.send(data(1, Header.SYN));
            peer.send(data(1, 0));
            var stream = peer.side.accept();
            Eventually.holds("all has come", () -> ofAll.left() == (1 << 20) - FRAME);
            var none = new SharedWindowBudget(0);
            stream.charge(none);
            assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).hasMessageContaining("memory");
            assertThat(none.left()).isZero();
            assertThat(ofAll.left()).isEqualTo(1 << 20);
        }
    }

    /// However data comes and goes: what is taken covers what is there, and nothing stays taken.
    @Test
    void whatIsTakenCoversWhatIsThereAndIsGivenBack() {
        Seeds.forEach(
                100,
                random -> {
                    var budget = new SharedWindowBudget(WINDOW);
                    var memory = new UnreadMemory(budget);
                    var held = 0L;
                    for (var step = 0; step < 300; step++) {
                        var more = random.nextInt(FRAME);
                        if (memory.add(more)) {
                            held += more;
                        } else {
                            assertThat(held + more).isGreaterThan(WINDOW);
                        }
                        var less = random.nextLong(held + 1);
                        memory.remove(less);
                        held -= less;
                        assertThat(WINDOW - budget.left() + UnreadMemory.FREE_BYTES)
                                .isGreaterThanOrEqualTo(held);
                    }
                    memory.remove(held);
                    assertThat(budget.left()).isEqualTo(WINDOW);
                });
    }
}
