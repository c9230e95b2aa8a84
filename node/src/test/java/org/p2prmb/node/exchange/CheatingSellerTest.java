package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.ExchangeServer;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.RevealReceipt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/// A seller that confirms bids and leaves them out of its result is proven of it, over real
/// connections.
final class CheatingSellerTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir private Path directory;

    private Trader trader(String name) throws IOException {
        return Trader.start(
                KeyPair.generate(RANDOM), Files.createDirectories(directory.resolve(name)));
    }

    @Test
    void whoIgnoresAConfirmedBidIsAccused() throws IOException {
        try (var seller = trader("seller");
                var buyer = trader("buyer")) {
            confirmsAndForgets(seller);
            buyer.connect(seller);
            var _ = seller.sell(1, false);
            var purchase = buyer.buy(1, 4_000);
            Eventually.holds(PATIENCE, "a bid", () -> !buyer.attempts(purchase).isEmpty());
            seller.leaveTopics(); // There it would hear the bid all the same.
            Eventually.holds(PATIENCE, "an accusation", () -> !buyer.accusations().isEmpty());
            var fault = buyer.accusations().getFirst();
            assertThat(fault.name()).isEqualTo("ignored-reveal");
            assertThat(fault.seller()).isEqualTo(seller.peer());
            // The window ends right after the accusation.
            Eventually.holds(
                    PATIENCE,
                    "the end",
                    () -> buyer.attempts(purchase).getFirst().state() == State.VOID);
            assertThat(buyer.attempts(purchase).getFirst().note()).isEqualTo("faulty");
            assertThat(seller.settlement().swaps()).isEmpty();
        }
    }

    /// Whoever may name any block names one that its friends win with.
    @Test
    void whoNamesBlocksThatNobodyHasIsAccusedForTheSecond() throws Exception {
        try (var seller = trader("seller");
                var buyer = trader("buyer")) {
            seller.ledger(Trader.BTC).fork();
            seller.ledger(Trader.TFT).fork();
            buyer.connect(seller);
            for (var count = 1; count <= 2; count++) {
                var _ = seller.sell(1, false);
                var _ = buyer.buy(1, 4_000);
                var windows = count;
                Eventually.holds(
                        PATIENCE, "a deal", () -> seller.settlement().swaps().size() == windows);
            }
            Eventually.holds(PATIENCE, "an accusation", () -> !buyer.accusations().isEmpty());
            var fault = buyer.accusations().getFirst();
            assertThat(fault.name()).isEqualTo("wrong-beacon");
            assertThat(fault.seller()).isEqualTo(seller.peer());
        }
    }

    private static void confirmsAndForgets(Trader seller) {
        var keys = seller.host().keys();
        ExchangeServer.Desk desk =
                (from, request) -> {
                    if (!(request instanceof ExchangeRequest.Revealed(var reveal))) {
                        return seller.exchange().answer(from, request);
                    }
                    var said = reveal.statement();
                    var receipt =
                            new RevealReceipt(keys.peerId(), said.window(), from, said.commit());
                    return new ExchangeResponse.RevealReceipted(
                            Form.REVEAL_RECEIPT.seal(receipt, keys));
                };
        seller.host()
                .handle(ExchangeServer.PROTOCOL, new ExchangeServer(desk, new MonotonicClock()));
    }
}
