package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.ProtocolException;

/// The fuzz target of what AutoNAT reads; run as `DecodersFuzzTest` says.
final class AutoNatFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void message(byte[] data) {
        try {
            var read = AutoNatCodec.decode(data);
            assertThat(AutoNatCodec.decode(AutoNatCodec.encode(read))).isEqualTo(read);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
