package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.statements.Canonical;

import java.time.Duration;
import java.time.Instant;

/// Sellers of windows that nobody wants take no place of others.
final class HeardWindowsTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final int MAX = 300;

    private final HeardWindows windows = new HeardWindows(MAX);

    static WindowOpen window(String seller, int number, Instant opensAt) {
        var keys = KeyPair.ed25519(Canonical.domain("test/keys").text(seller).sha256());
        var offer = Canonical.domain("test/offer").number(number).sha256();
        var closesAt = opensAt.plusSeconds(10);
        return new WindowOpen(
                keys.peerId(),
                offer,
                1,
                opensAt,
                closesAt,
                closesAt.plusSeconds(7),
                Policy.bestPrice(Trader.FLOOR),
                WindowOpen.nonceHash(Bytes.wrap(new byte[32])),
                Trader.BTC.chain());
    }

    private boolean add(String seller, int number, Instant at) {
        return windows.add(window(seller, number, at), at);
    }

    private boolean knows(String seller, int number) {
        var window = window(seller, number, NOW);
        return windows.isOf(window.window(), window.seller());
    }

    @Test
    void manySellersPushOutNobody() {
        for (int seller = 0; seller < MAX; seller++) {
            assertThat(add("seller " + seller, 0, NOW)).isTrue();
        }
        for (int seller = MAX; seller < 2 * MAX; seller++) {
            assertThat(add("seller " + seller, 0, NOW)).isFalse();
        }
        for (int seller = 0; seller < MAX; seller++) {
            assertThat(knows("seller " + seller, 0)).isTrue();
        }
        // One that is in stays in with its next one.
        assertThat(add("seller 7", 1, NOW)).isTrue();
        assertThat(knows("seller 7", 0)).isFalse();
        assertThat(knows("seller 7", 1)).isTrue();
        assertThat(knows("seller 8", 0)).isTrue();
        assertThat(add("seller 7", 1, NOW)).isTrue();
    }

    @Test
    void fewSellersWithManyWindowsKeepNobodyOut() {
        for (int number = 0; number < MAX; number++) {
            assertThat(add("seller " + number % 3, number, NOW)).isTrue();
        }
        for (int seller = 0; seller < 50; seller++) {
            assertThat(add("calm " + seller, 0, NOW)).isTrue();
        }
        for (int number = MAX; number < 2 * MAX; number++) {
            assertThat(add("seller " + number % 3, number, NOW)).isTrue();
        }
        for (int seller = 0; seller < 50; seller++) {
            assertThat(knows("calm " + seller, 0)).isTrue();
        }
        assertThat(knows("seller 0", 0)).isFalse();
        assertThat(knows("seller 2", 2 * MAX - 1)).isTrue();
    }

    @Test
    void oneSellerHasItsShareAndNoMore() {
        assertThat(add("calm", 0, NOW)).isTrue();
        for (int number = 0; number < 2 * MAX; number++) {
            assertThat(add("loud", number, NOW)).isTrue();
        }
        assertThat(knows("calm", 0)).isTrue();
        assertThat(knows("loud", 2 * MAX - HeardWindows.SELLER_MAX)).isTrue();
        assertThat(knows("loud", 2 * MAX - HeardWindows.SELLER_MAX - 1)).isFalse();
    }

    @Test
    void windowsThatAreOverMakeRoom() {
        for (int seller = 0; seller < MAX; seller++) {
            add("seller " + seller, 0, NOW);
        }
        var over = NOW.plusSeconds(17).plus(HeardWindows.KEPT);
        assertThat(add("late", 0, over)).isFalse();
        var after = over.plus(Duration.ofMillis(1));
        assertThat(add("late", 0, after)).isTrue();
        assertThat(windows.contains(window("late", 0, after).window())).isTrue();
        assertThat(knows("seller 0", 0)).isFalse();
    }
}
