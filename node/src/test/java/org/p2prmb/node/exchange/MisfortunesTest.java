package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.security.SecureRandom;

final class MisfortunesTest {
    private static final PeerId PEER = peer();

    private final Misfortunes misfortunes = new Misfortunes(2, 8);

    private static PeerId peer() {
        return KeyPair.generate(new SecureRandom()).peerId();
    }

    private void good(int times) {
        for (var count = 0; count < times; count++) {
            assertThat(misfortunes.note(PEER, false)).isFalse();
        }
    }

    @Test
    void oneIsForgivenAndOnlyTheFirstTooManyIsTold() {
        assertThat(misfortunes.note(PEER, true)).isFalse();
        assertThat(misfortunes.note(peer(), true)).as("another").isFalse();
        assertThat(misfortunes.note(PEER, true)).isTrue();
        assertThat(misfortunes.note(PEER, true)).isFalse();
    }

    @Test
    void oneInEightIsBadLuck() {
        for (var round = 0; round < 20; round++) {
            good(7);
            assertThat(misfortunes.note(PEER, true)).isFalse();
        }
    }

    @Test
    void goodYearsDoNotPayForMany() {
        good(10_000);
        var bad = 1;
        while (!misfortunes.note(PEER, true)) {
            bad++;
        }
        assertThat(bad).isBetween(5, 10);
    }

    @Test
    void whoHasBeenAwayForLongestIsForgotten() {
        assertThat(misfortunes.note(PEER, true)).isFalse();
        for (var others = 0; others < Misfortunes.PEERS_MAX; others++) {
            assertThat(misfortunes.note(peer(), false)).isFalse();
        }
        assertThat(misfortunes.note(PEER, true)).isFalse();
    }
}
