package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Nodes that hang, refuse, or answer nonsense.
final class TurnTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch answered = new CountDownLatch(1);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private String hang() {
        try {
            answered.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return "late";
    }

    @Test
    void aNodeThatHangsCostsItsLimitOnceAndIsBackOnceItAnswers() throws LedgerException {
        var turn = new Turn("sim:gold", Duration.ofMillis(20), threads);
        assertThatThrownBy(() -> turn.ask(this::hang))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("has not answered within");
        assertThatThrownBy(() -> turn.ask(() -> "now"))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("hangs");
        answered.countDown();
        Eventually.holds("it is asked again", () -> answers(turn));
    }

    private static boolean answers(Turn turn) {
        try {
            return turn.ask(() -> "now").equals("now");
        } catch (LedgerException _) {
            return false;
        }
    }

    @Test
    void whatGoesWrongInAQuestionMeansThatNothingIsKnown() throws LedgerException {
        var turn = new Turn("sim:gold", LONG, threads);
        assertThatThrownBy(() ->
                        turn.ask(() -> {
                            throw new IllegalStateException("a bug");
                        }))
                .isInstanceOf(LedgerException.class);
        assertThat(turn.ask(() -> "now")).isEqualTo("now");
    }

    @Test
    void anErrorIsNotTakenForANodeThatIsNotThere() throws LedgerException {
        var turn = new Turn("sim:gold", LONG, threads);
        assertThatThrownBy(() ->
                        turn.ask(() -> {
                            throw new AssertionError("broken");
                        }))
                .isInstanceOf(AssertionError.class);
        assertThat(turn.ask(() -> "now")).isEqualTo("now");
    }

    @Test
    void afterTheEndNothingIsAsked() {
        var turn = new Turn("sim:gold", LONG, threads);
        threads.shutdown();
        assertThatThrownBy(() -> turn.ask(() -> "now"))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("closing");
    }
}
