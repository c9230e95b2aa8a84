package org.p2prmb.libp2p.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Fuzz target of the text records behind a `/dnsaddr`: lines, all of which every name has.
final class TextRecordFuzzTest {
    private static final Multiaddr ASKED = Multiaddr.parse("/dnsaddr/a.example");

    private record Answers(List<String> texts) implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) {
            return List.of(InetAddress.getLoopbackAddress());
        }

        @Override
        public List<String> texts(String name) {
            return texts;
        }
    }

    static Stream<byte[]> records() {
        return Stream.of(
                        "dnsaddr=/ip4/1.2.3.4/tcp/1",
                        "dnsaddr=/dnsaddr/b.example\ndnsaddr=/dns4/c.example/tcp/1/tls/ws",
                        "dnsaddr=/dns4/c.example/tcp/443/wss" + "/ws".repeat(29),
                        "v=spf1\ndnsaddr=\ndnsaddr=/")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("records")
    @FuzzTest(maxDuration = "1m")
    void textRecords(byte[] data) {
        var texts = new String(data, StandardCharsets.UTF_8).lines().toList();
        var failures = new ArrayList<String>();
        var found = new AddressLookup(new Answers(texts)).resolve(List.of(ASKED), failures::add);

        assertThat(found)
                .hasSizeLessThanOrEqualTo(
                        AddressLookup.LOOKUPS_MAX * AddressLookup.TEXT_RECORDS_MAX)
                .noneMatch(AddressLookup::isName);
        assertThat(failures).hasSizeLessThanOrEqualTo(AddressLookup.LOOKUPS_MAX + 1);
    }
}
