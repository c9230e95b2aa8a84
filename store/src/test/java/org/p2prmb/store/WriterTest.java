package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.MonotonicClock;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

final class WriterTest {
    private static final int CLOSINGS = 3_000;

    /// Whether the writer looks at its queue just then, or sleeps, or has work.
    @Test
    void theLastChangeIsWrittenAtWhateverMomentTheWriterIsClosed() throws SQLException {
        var last = new AtomicInteger();
        for (int closing = 0; closing < CLOSINGS; closing++) {
            var writer = writer();
            writer.start();
            writer.commit(_ -> true);
            writer.close(_ -> last.incrementAndGet());
            assertThat(last).as("after closing %d", closing).hasValue(closing + 1);
        }
    }

    private static Writer writer() throws SQLException {
        var connection = DriverManager.getConnection("jdbc:h2:mem:");
        connection.setAutoCommit(false);
        return new Writer(
                new Session(connection),
                () -> {},
                () -> false,
                List.of(),
                Samples.config(),
                new MonotonicClock(),
                _ -> {});
    }
}
