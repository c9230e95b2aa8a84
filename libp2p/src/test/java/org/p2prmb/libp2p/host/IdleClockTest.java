package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

final class IdleClockTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final IdleClock clock = new IdleClock(START);

    private static Instant after(int seconds) {
        return START.plusSeconds(seconds);
    }

    @Test
    void aConnectionThatNobodyEverUsedIsIdleAfterTheLimit() {
        assertThat(clock.isIdle(after(59), LIMIT)).isFalse();
        assertThat(clock.isIdle(after(60), LIMIT)).isTrue();
    }

    @Test
    void itIsNotIdleWhileOneOfItsStreamsLives() {
        clock.began();
        clock.began();
        clock.ended(after(1));
        assertThat(clock.isIdle(after(10_000), LIMIT)).isFalse();
        assertThat(clock.retires(after(10_000), LIMIT)).isFalse();
    }

    @Test
    void theLimitRunsFromTheEndOfTheLastStream() {
        clock.began();
        clock.ended(after(100));
        assertThat(clock.isIdle(after(159), LIMIT)).isFalse();
        assertThat(clock.isIdle(after(160), LIMIT)).isTrue();
    }

    @Test
    void theLimitRunsAnewWhenSomebodyIsGivenTheConnection() {
        assertThat(clock.touched(after(59))).isTrue();
        assertThat(clock.retires(after(118), LIMIT)).isFalse();
        assertThat(clock.retires(after(119), LIMIT)).isTrue();
    }

    @Test
    void aStreamThatBeginsBetweenTheLookAndTheEndSavesIt() {
        assertThat(clock.isIdle(after(60), LIMIT)).isTrue();
        assertThat(clock.began()).isTrue();
        assertThat(clock.retires(after(60), LIMIT)).isFalse();
    }

    @Test
    void nothingBeginsOnARetiredConnectionAndItRetiresOnce() {
        assertThat(clock.retires(after(60), LIMIT)).isTrue();
        assertThat(clock.retired()).isTrue();
        assertThat(clock.began()).isFalse();
        assertThat(clock.touched(after(61))).isFalse();
        assertThat(clock.retires(after(200), LIMIT)).isFalse();
    }
}
