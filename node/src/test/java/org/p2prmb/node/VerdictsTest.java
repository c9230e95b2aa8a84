package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

final class VerdictsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final PeerId ALICE = KeyPair.generate(new SecureRandom()).peerId();
    private static final PeerId BOB = KeyPair.generate(new SecureRandom()).peerId();

    private final Verdicts verdicts = new Verdicts();

    @Test
    void whoWaitsHearsWhoLives() throws Exception {
        try (var inquiry = verdicts.about(List.of(ALICE, BOB))) {
            verdicts.tell(ALICE, true);
            verdicts.tell(BOB, false);
            assertThat(inquiry.await(LONG)).containsExactly(ALICE);
        }
    }

    @Test
    void whoGivesNoSignInTimeIsNotAlive() throws Exception {
        try (var inquiry = verdicts.about(List.of(ALICE, BOB))) {
            verdicts.tell(BOB, true);
            assertThat(inquiry.await(SHORT)).containsExactly(BOB);
        }
    }

    @Test
    void severalWaitForOneAgent() throws Exception {
        try (var early = verdicts.about(List.of(ALICE));
                var late = verdicts.about(List.of(ALICE))) {
            assertThat(early.await(SHORT)).isEmpty();
            verdicts.tell(ALICE, true);
            assertThat(late.await(LONG)).containsExactly(ALICE);
        }
    }

    @Test
    void theSecondVerdictChangesNothing() throws Exception {
        try (var inquiry = verdicts.about(List.of(ALICE))) {
            verdicts.tell(ALICE, false);
            verdicts.tell(ALICE, true);
            assertThat(inquiry.await(LONG)).isEmpty();
        }
    }

    @Test
    void closingEndsTheWaitOfAll() throws Exception {
        try (var inquiry = verdicts.about(List.of(ALICE, BOB))) {
            verdicts.tell(ALICE, true);
            var waiting = new FutureTask<>(() -> inquiry.await(LONG));
            Thread.ofVirtual().start(waiting);
            verdicts.close();
            assertThat(waiting.get(1, TimeUnit.SECONDS)).containsExactly(ALICE);
        }
        try (var late = verdicts.about(List.of(BOB))) {
            assertThat(late.await(LONG)).isEmpty();
        }
        assertThat(verdicts.size()).isZero();
    }

    @Test
    void nothingIsKeptOfThoseWhoWaitNoLonger() throws Exception {
        try (var inquiry = verdicts.about(List.of(ALICE, BOB))) {
            assertThat(inquiry.await(SHORT)).isEmpty();
        }
        verdicts.about(List.of(ALICE)).close();
        assertThat(verdicts.size()).isZero();
    }
}
