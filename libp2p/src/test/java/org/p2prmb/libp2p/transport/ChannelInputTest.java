package org.p2prmb.libp2p.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Seeds;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

@Timeout(60)
final class ChannelInputTest {
    private static final int MESSAGE_MAX = 65_537;

    private final RawPair pair = RawPair.create();
    private final ChannelInput input = new ChannelInput(pair.listener(), new BufferPool());

    @Test
    void messagesOfAllSizesComeOutAsTheyWentIn() {
        Seeds.forEach(
                100,
                seed -> {
                    for (var message = 0; message < 20; message++) {
                        var sent = Seeds.bytes(seed, seed.nextInt(1, 1 << seed.nextInt(1, 17)));
                        pair.dialer().write(sent, 0, sent.length);

                        assertThat(input.await(sent.length)).isTrue();
                        var from = input.position();
                        assertThat(Arrays.copyOfRange(input.array(), from, from + sent.length))
                                .isEqualTo(sent);
                        input.skip(sent.length);
                    }
                });
    }

    @Test
    void noLargeArrayIsHeldWhileNothingComes() throws IOException {
        var sent = new byte[70_000];
        pair.dialer().write(sent, 0, sent.length);
        input.await(sent.length);
        assertThat(input.array()).hasSize(BufferPool.BUFFER_BYTES);
        input.skip(sent.length);

        pair.dialer().write(sent, 0, 1);
        input.await(1);

        assertThat(input.array()).hasSizeLessThan(2_000);
    }

    /// A slow loris: the length of a long message, little of it, and then nothing.
    @Test
    void whileAMessageIsAwaitedAtMostTwiceWhatHasComeIsHeld() throws IOException {
        for (var sent = 2; sent < MESSAGE_MAX; sent += 997) {
            var channels = RawPair.create();
            var awaiting = new ChannelInput(new EndsAfter(channels.listener()), new BufferPool());
            channels.dialer().write(new byte[sent], 0, sent);
            awaiting.await(2);

            assertThatThrownBy(() -> awaiting.await(MESSAGE_MAX)).isInstanceOf(EOFException.class);
            assertThat(awaiting.available()).isEqualTo(sent);
            assertThat(awaiting.array()).hasSizeLessThanOrEqualTo(Math.max(1_024, 2 * sent));
        }
    }

    @Test
    void whatWasBorrowedForABurstIsGivenBackBeforeAWait() throws IOException {
        var pool = new BufferPool();
        var only = new byte[BufferPool.BUFFER_BYTES];
        pool.give(only);
        var awaiting = new ChannelInput(new EndsAfter(pair.listener()), pool);
        pair.dialer().write(new byte[70_000], 0, 70_000);
        awaiting.await(MESSAGE_MAX);
        assertThat(awaiting.array()).isSameAs(only);
        awaiting.skip(awaiting.available() - 100);

        assertThatThrownBy(() -> awaiting.await(MESSAGE_MAX)).isInstanceOf(EOFException.class);
        assertThat(awaiting.array()).hasSizeLessThan(2_000);
        assertThat(pool.take()).isSameAs(only);
    }

    @Test
    void theEndIsToldFromACutMessage() throws IOException {
        pair.dialer().write(new byte[] {1}, 0, 1);
        pair.dialer().close();

        assertThatThrownBy(() -> input.await(2)).isInstanceOf(EOFException.class);
        input.skip(1);
        assertThat(input.await(1)).isFalse();
        assertThatThrownBy(input::next).isInstanceOf(EOFException.class);
    }
}
