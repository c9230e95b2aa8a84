package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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
    private static final Instant NOW = Instant.EPOCH;

    private final DialBackoff backoff = new DialBackoff();

    @Test
    void nearAddressesComeFirstAndSuspectsLast() {
        assertThat(plan(Set.of(), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(NEAR, PRIVATE, FAR);
        backoff.failed(NOW, NEAR);
        assertThat(plan(Set.of(), FAR, PRIVATE, NEAR).addresses())
                .containsExactly(PRIVATE, FAR, NEAR);
        backoff.succeeded(NEAR);
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
        backoff.failed(NOW, NEAR);
        assertThat(backoff.resting(NOW, NEAR)).isFalse();
        backoff.failed(NOW, NEAR);
        assertThat(backoff.resting(NOW.plusMillis(999), NEAR)).isTrue();
        assertThat(backoff.resting(NOW.plusMillis(1000), NEAR)).isFalse();
        for (var i = 0; i < 100; i++) {
            backoff.failed(NOW, NEAR);
        }
        assertThat(backoff.resting(NOW.plusSeconds(31), NEAR)).isTrue();
        assertThat(backoff.resting(NOW.plusSeconds(32), NEAR)).isFalse();
        assertThat(backoff.suspect(NOW.plus(Duration.ofMinutes(6)), NEAR)).isFalse();
        assertThat(plan(Set.of(), NEAR).refusals()).singleElement().asString().contains("moment");
    }

    @Test
    void theMemoryOfFailuresIsBounded() {
        for (var i = 1; i <= 2_000; i++) {
            backoff.failed(NOW, Multiaddr.parse("/ip4/127.0.0.1/tcp/" + i));
        }

        assertThat(backoff.suspect(NOW, NEAR)).isFalse();
        assertThat(backoff.suspect(NOW, Multiaddr.parse("/ip4/127.0.0.1/tcp/2000"))).isTrue();
    }

    private DialPlan plan(Set<AddressScope> listened, Multiaddr... addresses) {
        return DialPlan.of(List.of(addresses), listened, List.of(), backoff, NOW);
    }
}
