package org.p2prmb.discovery.liveness;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;

import java.util.stream.Stream;

/// Fuzz target of the frames between neighbours.
final class AliveFuzzTest {
    static Stream<byte[]> seeds() {
        return AliveFrameTest.framesAndSizes().keySet().stream()
                .map(frame -> frame.encoded().toArray());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void frames(byte[] data) {
        Untrusted.decode(data, encoded -> AliveFrame.decode(encoded, Untrusted.UNSIGNED));
    }
}
