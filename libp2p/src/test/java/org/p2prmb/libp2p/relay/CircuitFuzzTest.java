package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

/// Fuzz targets of what relays and their users read; run as `DecodersFuzzTest` says.
final class CircuitFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void hop(byte[] data) {
        try {
            var read = CircuitCodec.decodeHop(data);
            assertThat(CircuitCodec.decodeHop(CircuitCodec.encode(read))).isEqualTo(read);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void stop(byte[] data) {
        try {
            var read = CircuitCodec.decodeStop(data);
            assertThat(CircuitCodec.decodeStop(CircuitCodec.encode(read))).isEqualTo(read);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void voucher(byte[] data) {
        try {
            assertThat(Voucher.open(Bytes.copyOf(data)).relay()).isNotNull();
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
