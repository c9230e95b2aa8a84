package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.stream.IntStream;

final class ReceiveQueueTest {
    private final ReceiveQueue queue =
            new ReceiveQueue(new UnreadMemory(new SharedWindowBudget(0)));
    private final ChunkPool pool = new ChunkPool();

    @Test
    void bytesComeOutInTheOrderInWhichTheyWentIn() {
        Seeds.forEach(
                100,
                random -> {
                    var in = 0;
                    var out = 0;
                    for (var step = 0; step < 200; step++) {
                        if (random.nextBoolean()) {
                            var bytes = new byte[random.nextInt(1, 3000)];
                            for (var i = 0; i < bytes.length; i++) {
                                bytes[i] = (byte) in++;
                            }
                            queue.appendCopy(bytes, 0, bytes.length);
                        } else if (random.nextInt(10) == 0) {
                            var chunk = pool.take();
                            for (var i = 10; i < 40_010; i++) {
                                chunk[i] = (byte) in++;
                            }
                            queue.appendChunk(chunk, 10, 40_000);
                        } else if (!queue.isEmpty()) {
                            var slice = queue.head();
                            var bytes = random.nextInt(1, slice.bytes() + 1);
                            for (var i = 0; i < bytes; i++) {
                                assertThat(slice.data[slice.from + i]).isEqualTo((byte) out++);
                            }
                            queue.advance(slice, bytes, pool);
                        }
                    }
                    queue.clear();
                });
    }

    @Test
    void aFloodOfSingleBytesCostsLittleMoreThanTheBytes() {
        for (var i = 0; i < 262_144; i++) {
            queue.appendCopy(new byte[1], 0, 1);
        }
        var held = 0L;
        var slices = 0;
        while (!queue.isEmpty()) {
            var slice = queue.head();
            held += slice.data.length;
            slices++;
            queue.advance(slice, slice.bytes(), pool);
        }
        assertThat(held).isLessThan(262_144 + (64 << 10));
        assertThat(slices).isLessThan(100);
    }

    @Test
    void aChunkThatWasReadIsUsedAgain() {
        var chunk = pool.take();
        queue.appendChunk(chunk, 0, 60_000);
        queue.advance(queue.head(), 59_999, pool);
        assertThat(pool.take()).isNotSameAs(chunk);
        queue.advance(queue.head(), 1, pool);
        assertThat(pool.take()).isSameAs(chunk);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aPoolThatIsUsedALittleDoesNotKeepWhatItNeededOnce() {
        var chunks = IntStream.range(0, 16).mapToObj(_ -> pool.take()).toList();
        chunks.forEach(pool::give);
        for (var tick = 0; tick < 5; tick++) {
            pool.give(pool.take());
            pool.release();
        }
        var kept = Collections.newSetFromMap(new IdentityHashMap<byte[], Boolean>());
        kept.addAll(chunks);
        assertThat(kept.contains(pool.take())).isFalse();
    }

    @Test
    void aQuietPoolHoldsNothing() {
        var chunk = pool.take();
        Arrays.fill(chunk, (byte) 1);
        pool.give(chunk);
        pool.release();
        pool.release();
        assertThat(pool.take()).isNotSameAs(chunk);
    }
}
