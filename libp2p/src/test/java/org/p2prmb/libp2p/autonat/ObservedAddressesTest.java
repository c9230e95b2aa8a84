package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;

final class ObservedAddressesTest {
    private static final Multiaddr OUTSIDE = Multiaddr.parse("/ip4/198.51.100.7/tcp/40123");
    private static final Multiaddr INSIDE = Multiaddr.parse("/ip4/192.168.1.5/tcp/4001");
    private static final Multiaddr EXPECTED = Multiaddr.parse("/ip4/198.51.100.7/tcp/4001");

    private static final PeerId RELAY = KeyPair.generate(new SecureRandom()).peerId();

    private final ObservedAddresses addresses = new ObservedAddresses();

    private static Multiaddr observer(int index) {
        return Multiaddr.parse("/ip4/203.0.%d.%d/tcp/1".formatted(index / 256, index % 256));
    }

    private void observed(int from, int to, Multiaddr at) {
        IntStream.range(from, to).forEach(index -> addresses.observed(observer(index), at));
    }

    @Test
    void fourNetworksMustAgree() {
        observed(0, 3, OUTSIDE);
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
        observed(2, 3, OUTSIDE);
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
        observed(3, 4, Multiaddr.parse("/ip4/198.51.100.7/tcp/9"));
        assertThat(addresses.candidates(List.of(INSIDE))).containsExactly(EXPECTED);
    }

    @Test
    void aNetworkHasOneVoteItsLast() {
        observed(0, 4, OUTSIDE);
        observed(3, 4, Multiaddr.parse("/ip4/198.51.100.8/tcp/1"));
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
        for (var host = 1; host < 5; host++) {
            var neighbour = Multiaddr.parse("/ip6/2001:db8:0:%d::1/tcp/1".formatted(host));
            addresses.observed(neighbour, OUTSIDE);
        }
        assertThat(addresses.candidates(List.of(INSIDE))).containsExactly(EXPECTED);
        addresses.observed(Multiaddr.parse("/ip6/2001:db8::9/tcp/1"), INSIDE);
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
    }

    @Test
    void eachPortThatWeListenOnIsLookedInto() {
        observed(0, 4, OUTSIDE);
        var listening =
                List.of(
                        INSIDE,
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"),
                        Multiaddr.parse("/ip4/192.168.1.5/tcp/4002/ws"),
                        Multiaddr.parse("/ip6/2001:db8::5/tcp/4001"));
        assertThat(addresses.candidates(listening))
                .containsExactly(EXPECTED, Multiaddr.parse("/ip4/198.51.100.7/tcp/4002/ws"));
        assertThat(addresses.candidates(List.of(EXPECTED))).isEmpty();
    }

    @Test
    void whatIsNoAddressSaysNothing() {
        for (var index = 0; index < 8; index++) {
            addresses.observed(observer(index), Multiaddr.parse("/dns4/example.org/tcp/1"));
            addresses.observed(Multiaddr.parse("/dns4/h%d.org/tcp/1".formatted(index)), OUTSIDE);
        }
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
    }

    @Test
    @DisplayName("py-libp2p#1538: a relay's address is not ours")
    void whatARelaySeesSaysNothing() {
        var circuit = "/p2p/%s/p2p-circuit".formatted(RELAY);
        for (var index = 0; index < 8; index++) {
            addresses.observed(Multiaddr.parse(observer(index) + circuit), OUTSIDE);
            addresses.observed(observer(index + 8), Multiaddr.parse(OUTSIDE + circuit));
        }
        assertThat(addresses.candidates(List.of(INSIDE))).isEmpty();
    }

    @Test
    void votesAndAddressesAreBounded() {
        observed(0, 4, OUTSIDE);
        for (var liar = 0; liar < 16; liar++) {
            var claim = Multiaddr.parse("/ip4/198.51.101.%d/tcp/1".formatted(liar));
            observed(10 + 4 * liar, 14 + 4 * liar, claim);
        }
        assertThat(addresses.candidates(List.of(INSIDE)))
                .hasSize(ObservedAddresses.SEEN_MAX)
                .doesNotContain(EXPECTED);
    }
}
