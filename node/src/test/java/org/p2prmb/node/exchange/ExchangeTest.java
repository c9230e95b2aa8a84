package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.exchange.Purchase.State;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Windows between exchanges on real hosts.
final class ExchangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private Trader trader() throws IOException {
        var keys = KeyPair.generate(RANDOM);
        var data = Files.createDirectories(directory.resolve(keys.peerId().toString()));
        return opened(Trader.start(keys, data));
    }

    private Trader opened(Trader trader) {
        open.push(trader);
        return trader;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /// The one bid of this purchase gets into this state.
    private static void isOnce(Trader trader, String purchase, State state) {
        Eventually.holds(
                PATIENCE,
                "a bid that is " + state,
                () -> {
                    var attempts = trader.attempts(purchase);
                    return attempts.size() == 1 && attempts.getFirst().state() == state;
                });
    }

    @Test
    void aWindowHasOneWinnerWhoGetsAContract() throws IOException {
        var seller = trader();
        var buyer = trader();
        var other = trader();
        buyer.connect(seller);
        other.connect(seller);
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_200);
        var cheaper = other.buy(1, 4_100);
        isOnce(buyer, purchase, State.CONTRACTED);
        isOnce(other, cheaper, State.LOST);
        assertThat(buyer.attempts(purchase).getFirst().lots()).isEqualTo(1);
        assertThat(seller.left(offer)).isZero();
        var terms = seller.settlement().swaps().iterator().next().deal().terms();
        var expected = buyer.settlement().expected().getFirst();
        assertThat(terms.window()).isEqualTo(expected.window());
        assertThat(terms.a().amount()).isEqualTo(expected.amountA());
        assertThat(terms.b().amount()).isEqualTo(expected.amountB()).isEqualTo(4_200);
        assertThat(buyer.accusations()).isEmpty();
        assertThat(other.accusations()).isEmpty();
    }
}
