package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// What becomes of work that the owner comes to too late.
final class MailboxTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Mailbox mailbox = new Mailbox();
    private final AtomicInteger done = new AtomicInteger();

    /// Or a payment that was said not to be made would be, beside the one that is made instead.
    @Test
    void whatWasNotBegunInTimeIsNeverDone() throws InterruptedException {
        assertThatThrownBy(() -> mailbox.ask(done::incrementAndGet, Duration.ofMillis(1)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("nothing was done");
        mailbox.serve(LONG);
        assertThat(done).hasValue(0);
    }

    @Test
    void whatHasBegunIsNotSaidToBeUndone() throws InterruptedException {
        var given = new CompletableFuture<String>();
        var said = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
            try {
                var _ =
                        mailbox.ask(
                                () -> {
                                    given.join();
                                    return done.incrementAndGet();
                                },
                                Duration.ofSeconds(1));
                said.complete("done");
            } catch (LedgerException | ProtocolException e) {
                said.complete(String.valueOf(e.getMessage()));
            }
            given.complete("up");
        });
        mailbox.serve(LONG);
        assertThat(said.join()).contains("has begun");
        assertThat(done).hasValue(1);
    }
}
