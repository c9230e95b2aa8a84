package org.p2prmb.libp2p.multiaddr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;

final class MultiaddrTest {
    private static final PeerId PEER =
            PeerId.parse("12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq");
    private static final PeerId OTHER =
            PeerId.parse("QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");

    static Stream<JsonNode> published() {
        return Stream.concat(
                Vectors.at("multiaddr", "valid").valueStream(),
                Vectors.at("multiaddr", "extra").valueStream());
    }

    @ParameterizedTest
    @MethodSource("published")
    void publishedAddressesHaveTheirTwoForms(JsonNode vector) throws ProtocolException {
        var text = Vectors.text(vector, "text");
        var encoded = Vectors.bytes(vector, "hex");
        if (text.startsWith("/onion")) {
            assertThatThrownBy(() -> Multiaddr.decode(encoded))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("unknown protocol");
            assertThatIllegalArgumentException().isThrownBy(() -> Multiaddr.parse(text));
            return;
        }
        assertThat(Multiaddr.parse(text).encoded()).isEqualTo(encoded);
        assertThat(Multiaddr.decode(encoded)).hasToString(text).isEqualTo(Multiaddr.parse(text));
    }

    static Stream<String> readable() {
        return Vectors.at("multiaddr", "parse_ok").valueStream().map(JsonNode::textValue);
    }

    @ParameterizedTest
    @MethodSource("readable")
    void whatGoReadsWeRead(String text) throws ProtocolException {
        var address = Multiaddr.parse(text);
        assertThat(Multiaddr.decode(address.encoded())).isEqualTo(address);
        assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
        if (!text.contains("/p2p/") && !text.contains("/ipfs/") && !text.contains("certhash")) {
            assertThat(address.toString() + (text.endsWith("/") ? "/" : "")).isEqualTo(text);
        }
    }

    static Stream<String> refused() {
        return Stream.concat(
                Vectors.at("multiaddr", "invalid").valueStream().map(JsonNode::textValue),
                Stream.of(
                        "ip4/1.2.3.4",
                        "//",
                        "/ip4/1.2.3.4//",
                        "/ip4//tcp/1",
                        "/ip4/01.2.3.4",
                        "/ip4/1.2.3",
                        "/ip4/1.2.3.4.5",
                        "/ip4/256.1.1.1",
                        "/ip4/１.2.3.4",
                        "/ip6/1::2::3",
                        "/ip6/:1",
                        "/ip6/1:2:3:4:5:6:7",
                        "/ip6/1:2:3:4:5:6:7:8:9",
                        "/ip6/1:2:3:4::5:6:7:8",
                        "/ip6/12345::",
                        "/ip6/::1.2.3",
                        "/ip6/1.2.3.4::",
                        "/ip6/::1%eth0",
                        "/tcp/+1",
                        "/tcp/99999999999",
                        "/memory/18446744073709551616",
                        "/memory/-1",
                        "/ws/x",
                        "/dns4/a b",
                        "/dns4/a\nb",
                        "/sni/a\u202eb",
                        "/dns4/\ud800",
                        "/http-path/%2",
                        "/http-path/%zz",
                        "/http-path/",
                        "/unix/",
                        "/certhash/u",
                        "/ip4/1.2.3.4/tcp/1/bogus"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void otherTextsAreRefusedWithAMessageForUsers(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multiaddr.parse(text))
                .withMessageStartingWith("not a multiaddr: " + text + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "/ip4/1.2.3.4/tcp/65536, /tcp/65536: port must be 0 to 65535",
        "/ip4/1.2.3/tcp/1, /ip4/1.2.3: not an IPv4 address",
        "/ip6/1.2.3.4/tcp/1, /ip6/1.2.3.4: not an IPv6 address",
        "/ip4/1.2.3.4/tcp, /tcp needs a value",
        "/ip4/1.2.3.4/tpc/1, unknown protocol \"tpc\"",
        "1.2.3.4:80, it must begin with /",
    })
    void theMessageSaysWhatIsWrong(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multiaddr.parse(text))
                .withMessage("not a multiaddr: " + text + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // Nothing.
                "04010203", // Cut short.
                "060f", // Cut short.
                "8400", // A code that is not in its shortest form.
                "07", // A code that is unknown.
                "ffffffffffffffff7f", // A code that is huge.
                "3500", // A name that is empty.
                "3503612f62", // A name with a slash.
                "35020a61", // A name with a line break.
                "3501ff", // A name that is not UTF-8.
                "35056162", // A length that is too large.
                "35ffffffffffffffff7f61", // A length that is huge.
                "9003026162", // A path that is not absolute.
                "9003022f2f", // A path that ends with a slash.
                "90030161",
                "9003022f61dd03", // A path and then more.
                "a5030400010203", // A peer id that is none.
                "a50300",
                "d2030112", // A hash that is cut short.
                "d20303122000",
                "e10300", // A path that is empty.
            })
    void otherBytesAreRefused(String hex) {
        assertThatThrownBy(() -> Multiaddr.decode(Bytes.hex(hex)))
                .isInstanceOf(ProtocolException.class);
        assertThat(Multiaddr.decodeKnown(Bytes.hex(hex))).isEmpty();
    }

    @Test
    void sizesAreBounded() throws ProtocolException {
        var most = "dd03".repeat(Multiaddr.COMPONENTS_MAX);
        assertThat(Multiaddr.decode(Bytes.hex(most)).components()).hasSize(32);
        assertThat(Multiaddr.parse("/ws".repeat(32)).components()).hasSize(32);
        assertThatThrownBy(() -> Multiaddr.decode(Bytes.hex(most + "dd03")))
                .isInstanceOf(ProtocolException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> Multiaddr.parse("/ws".repeat(33)));

        var path = "/unix/" + "a".repeat(1019);
        assertThat(Multiaddr.parse(path).encoded().size()).isEqualTo(1024);
        assertThat(Multiaddr.decode(Multiaddr.parse(path).encoded())).hasToString(path);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multiaddr.parse(path + "a"))
                .withMessageEndingWith("longer than 1024 bytes");
        assertThatThrownBy(() -> Multiaddr.decode(Bytes.wrap(new byte[1025])))
                .isInstanceOf(ProtocolException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multiaddr.parse("/unix/" + "a".repeat(1 << 20)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @CsvSource({
        "/ip6/0:0:0:0:0:0:0:0, /ip6/::",
        "/ip6/2001:DB8:0:0:1:0:0:1, /ip6/2001:db8::1:0:0:1",
        "/ip6/2001:db8:0:1:1:1:1:1, /ip6/2001:db8:0:1:1:1:1:1",
        "/ip6/1:0:0:2:0:0:0:3, /ip6/1:0:0:2::3",
        "/ip6/::ffff:102:304, /ip6/::ffff:1.2.3.4",
        "/ip6/64:ff9b::1.2.3.4, /ip6/64:ff9b::102:304",
        "/ip6/1::, /ip6/1::",
        "/ip4/1.2.3.4/tcp/0080/, /ip4/1.2.3.4/tcp/80",
        "/http-path/%7efoo, /http-path/~foo",
        "/http-path/ü, /http-path/%C3%BC",
        "/ipfs/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC,"
                + "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
    })
    void textsAreWrittenInOneWay(String text, String written) {
        assertThat(Multiaddr.parse(text)).hasToString(written);
    }

    @Test
    void thePeerIsTheOneAtTheEnd() {
        var address = Multiaddr.parse("/ip4/1.2.3.4/tcp/1");
        assertThat(address.peer()).isEmpty();
        assertThat(address.withoutPeer()).isEqualTo(address);
        assertThat(address.withPeer(PEER).peer()).contains(PEER);
        assertThat(address.withPeer(PEER)).hasToString("/ip4/1.2.3.4/tcp/1/p2p/" + PEER);
        assertThat(address.withPeer(PEER).withoutPeer()).isEqualTo(address);
        assertThat(address.withPeer(OTHER).withPeer(PEER)).isEqualTo(address.withPeer(PEER));
    }

    @Test
    void theRelayOfACircuitIsNotItsPeer() {
        var circuit = Multiaddr.parse("/ip4/1.2.3.4/tcp/1/p2p/" + OTHER + "/p2p-circuit");
        assertThat(circuit.peer()).isEmpty();
        assertThat(circuit.has(Protocol.P2P_CIRCUIT)).isTrue();
        assertThat(circuit.withPeer(PEER).peer()).contains(PEER);
        assertThat(circuit.withPeer(PEER).withoutPeer()).isEqualTo(circuit);
    }

    @Test
    void nothingFollowsAPath() {
        var path = Multiaddr.parse("/unix/run/socket");
        assertThat(path.withPeer(PEER)).isEqualTo(path);
        assertThatIllegalArgumentException().isThrownBy(() -> path.with(Protocol.WS));
        assertThatIllegalArgumentException().isThrownBy(() -> path.with(Protocol.TCP));
    }

    @Test
    void anAddressIsNeverEmpty() {
        var bare = Multiaddr.parse("/p2p/" + PEER);
        assertThat(bare.withoutPeer()).isEqualTo(bare);
        assertThat(bare.tcpAddress()).isEmpty();
        assertThat(bare.scope()).isEmpty();
        assertThat(Multiaddr.parse("/ip6zone/x").ip()).isEmpty();
        assertThat(Multiaddr.parse("/ip6zone/x").tcpAddress()).isEmpty();
    }

    @Test
    void socketAddressesBecomeMultiaddrsAndBack() throws UnknownHostException {
        for (var host : new String[] {"127.0.0.1", "::1", "2001:db8::5"}) {
            var socket = new InetSocketAddress(InetAddress.getByName(host), 4001);
            var address = Multiaddr.tcp(socket.getAddress(), socket.getPort());
            assertThat(address.tcpAddress()).contains(socket);
            assertThat(address.ip()).contains(socket.getAddress());
            assertThat(address.value(Protocol.TCP)).contains("4001");
            assertThat(address.udpAddress()).isEmpty();
            assertThat(address.with(Protocol.WS)).hasToString(address + "/ws");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multiaddr.tcp(InetAddress.getLoopbackAddress(), 65536));
    }

    @Test
    void namesAreNotLookedUp() {
        assertThat(Multiaddr.parse("/dns4/example.invalid/tcp/443/tls/ws").tcpAddress())
                .contains(InetSocketAddress.createUnresolved("example.invalid", 443));
        assertThat(Multiaddr.parse("/dnsaddr/example.invalid/tcp/443").tcpAddress()).isEmpty();
        assertThat(Multiaddr.parse("/dns/localhost/tcp/1").scope()).isEmpty();
        assertThat(Multiaddr.parse("/ip6zone/eth0/ip6/fe80::1/udp/9").udpAddress()).isPresent();
    }

    @Test
    void equalAddressesAreOneKey() {
        var one = Multiaddr.parse("/ip6/0::1/tcp/1");
        assertThat(one).isEqualTo(Multiaddr.parse("/ip6/::1/tcp/1"));
        assertThat(one).hasSameHashCodeAs(Multiaddr.parse("/ip6/::1/tcp/1"));
        assertThat(one).isNotEqualTo(Multiaddr.parse("/ip6/::1/tcp/2"));
    }
}
