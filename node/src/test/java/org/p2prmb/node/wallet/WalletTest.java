package org.p2prmb.node.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WalletConfig;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What of a wallet needs no node.
final class WalletTest {
    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path folder;
    private Instant now = NEW_YEAR.plusSeconds(1_000);
    private final InstantSource clock = () -> now;

    @Test
    void noIndexComesTwice() {
        var indexes = new SwapIndexes(clock, -1);
        assertThat(indexes.next()).isEqualTo(1_000);
        assertThat(indexes.next()).isEqualTo(1_001);
        now = now.plusSeconds(100);
        assertThat(indexes.next()).isEqualTo(1_100);
        now = NEW_YEAR.minusSeconds(5);
        assertThat(indexes.next()).isEqualTo(1_101);
        assertThat(new SwapIndexes(clock, -1).next()).isZero();
        assertThat(new SwapIndexes(clock, 7).next()).isEqualTo(8);
        var last = new SwapIndexes(clock, Integer.MAX_VALUE - 1);
        assertThat(last.next()).isEqualTo(Integer.MAX_VALUE);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(last::next);
    }

    @Test
    void aNodeThatIsAwayIsTriedAgainButNotAtOnce() throws LedgerException {
        var tries = new ArrayList<Instant>();
        var retried =
                new Retried<>(
                        () -> {
                            tries.add(now);
                            if (tries.size() < 7) {
                                throw new LedgerException("away " + tries.size());
                            }
                            return "there";
                        },
                        clock);
        var start = now;
        for (int tenth = 0; tenth < 400; tenth++) {
            try {
                assertThat(retried.get()).isEqualTo("there");
            } catch (LedgerException e) {
                assertThat(e).hasMessage("away " + tries.size());
            }
            now = now.plusMillis(100);
        }
        assertThat(tries.stream().map(at -> Duration.between(start, at).toSeconds()))
                .containsExactly(0L, 1L, 3L, 7L, 15L, 23L, 31L);
        assertThat(retried.get()).isEqualTo("there");
    }

    @Test
    void aTestsClockIsReadAtEachQuestion() throws IOException {
        var file = folder.resolve("clock");
        var config = WalletConfig.defaults().withTestClock(Optional.of(file));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Wallet.open(config, Optional.empty(), clock))
                .withMessageContaining("exchange.testClock");
        Files.writeString(file, "soon");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Wallet.open(config, Optional.empty(), clock))
                .withMessageContaining("no seconds since 1970");
        Files.writeString(file, "1700000000\n");
        try (var wallet = Wallet.open(config, Optional.empty(), clock)) {
            assertThat(wallet.clock().instant()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
            Files.writeString(file, "1600000000");
            assertThat(wallet.clock().instant()).isEqualTo(Instant.ofEpochSecond(1_600_000_000));
            Files.delete(file);
            assertThat(wallet.clock().instant()).isEqualTo(Instant.ofEpochSecond(1_600_000_000));
        }
    }

    @Test
    void withoutChainsAndKeysThereIsAWalletAllTheSame() {
        try (var wallet = Wallet.open(WalletConfig.defaults(), Optional.empty(), clock)) {
            assertThat(wallet.assets()).isEqualTo(List.of());
            assertThat(wallet.secrets().secret(1)).isEmpty();
            assertThat(wallet.clock()).isSameAs(clock);
            assertThatExceptionOfType(LedgerException.class)
                    .isThrownBy(() -> wallet.ledger("eip155:1"))
                    .withMessageContaining("no chain eip155:1 is configured");
        }
    }
}
