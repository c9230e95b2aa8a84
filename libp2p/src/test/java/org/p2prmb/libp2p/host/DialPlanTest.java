package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

final class DialPlanTest {
    private static final Multiaddr NEAR = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    private static final Multiaddr PRIVATE = Multiaddr.parse("/ip4/10.0.0.1/tcp/1");
    private static final Multiaddr FAR = Multiaddr.parse("/ip4/1.1.1.1/tcp/1");
    private static final PeerId PEER = peer(1);
    private static final Instant NOW = Instant.EPOCH;

    private final DialBackoff backoff = new DialBackoff();

    @Test
    void nearAddressesComeFirstAndSuspectsLast() {
        assertThat(plan(Set.of(), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(NEAR, PRIVATE, FAR);
        backoff.failed(NOW, PEER, NEAR);
        assertThat(plan(Set.of(), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(PRIVATE, FAR, NEAR);
        backoff.succeeded(PEER, NEAR);
        assertThat(plan(Set.of(), FAR, NEAR).addresses()).containsExactly(NEAR, FAR);
    }

    @Test
    void plainTcpComesBeforeWebSocketsOnTheSameNetwork() {
        var web = NEAR.with(Protocol.WS);
        var secure = NEAR.with(Protocol.TLS).with(Protocol.WS);

        assertThat(plan(Set.of(), FAR, secure, web, NEAR).addresses())
                .containsExactly(NEAR, web, secure, FAR);
    }

    @Test
    void onlyScopesAsNarrowAsOursAreDialled() {
        assertThat(plan(Set.of(AddressScope.PRIVATE), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(NEAR, PRIVATE);
        assertThat(plan(Set.of(AddressScope.LOOPBACK), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(NEAR);
    }

    @Test
    void thePlanIsBounded() {
        var many =
                IntStream.range(0, 100)
                        .mapToObj(i -> Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (i + 1)))
                        .toArray(Multiaddr[]::new);

        assertThat(plan(Set.of(), many).addresses()).hasSize(DialPlan.ADDRESSES_MAX);
        assertThat(plan(Set.of(), many).refusals()).hasSize(100 - DialPlan.ADDRESSES_MAX);
    }

    @Test
    void anAddressThatKeepsFailingRestsEverLongerButNotForEver() {
        backoff.failed(NOW, PEER, NEAR);
        assertThat(backoff.resting(NOW, PEER, NEAR)).isFalse();
        backoff.failed(NOW, PEER, NEAR);
        assertThat(backoff.resting(NOW.plusMillis(999), PEER, NEAR)).isTrue();
        assertThat(backoff.resting(NOW.plusMillis(1000), PEER, NEAR)).isFalse();
        for (var i = 0; i < 100; i++) {
            backoff.failed(NOW, PEER, NEAR);
        }
        assertThat(backoff.resting(NOW.plusSeconds(31), PEER, NEAR)).isTrue();
        assertThat(backoff.resting(NOW.plusSeconds(32), PEER, NEAR)).isFalse();
        assertThat(backoff.suspect(NOW.plus(Duration.ofMinutes(6)), PEER, NEAR)).isFalse();
        assertThat(plan(Set.of(), NEAR).refusals()).singleElement().asString().contains("moment");
    }

    @Test
    void theMemoryOfFailuresIsBounded() {
        for (var i = 1; i <= 2_000; i++) {
            backoff.failed(NOW, PEER, Multiaddr.parse("/ip4/127.0.0.1/tcp/" + i));
        }

        assertThat(backoff.suspect(NOW, PEER, NEAR)).isFalse();
        assertThat(backoff.suspect(NOW, PEER, Multiaddr.parse("/ip4/127.0.0.1/tcp/2000"))).isTrue();
    }

    /// Whoever says of peers that do not exist that they are there does not keep us from who is.
    @Test
    void theFailuresOfOnePeerAreNotAnothersAtTheSameAddress() {
        for (var i = 2; i < 10; i++) {
            backoff.failed(NOW, peer(i), NEAR);
            backoff.failed(NOW, peer(i), NEAR);
        }
        assertThat(backoff.resting(NOW, peer(2), NEAR)).isTrue();
        assertThat(backoff.suspect(NOW, PEER, NEAR)).isFalse();
        assertThat(plan(Set.of(), NEAR).addresses()).containsExactly(NEAR);
    }

    private static PeerId peer(int number) {
        return new PeerId(Bytes.hex("1220" + "%064x".formatted(number)));
    }

    private DialPlan plan(Set<AddressScope> listened, Multiaddr... addresses) {
        return DialPlan.of(PEER, List.of(addresses), listened, List.of(), backoff, NOW);
    }
}
