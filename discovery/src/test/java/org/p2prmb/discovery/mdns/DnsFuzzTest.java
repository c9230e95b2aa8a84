package org.p2prmb.discovery.mdns;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;

import java.util.stream.Stream;

/// Fuzz target of the packets that anybody on a local network may send.
final class DnsFuzzTest {
    private static final String SERVICE = "045f703270045f756470056c6f63616c00";

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "7d1400000001000000000000" + SERVICE + "000c0001",
                        "123484000000000100000001"
                                + (SERVICE + "000c0001" + "00000168" + "0006")
                                + "03616263c00c"
                                + ("c027" + "00108001" + "00000168" + "0004")
                                + "036b3d76")
                .map(hex -> Bytes.hex(hex).toArray());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void packets(byte[] data) {
        Untrusted.decode(data, DnsMessage::decode)
                .ifPresent(message ->
                        Untrusted.decode(message.encoded().toArray(), DnsMessage::decode));
    }
}
