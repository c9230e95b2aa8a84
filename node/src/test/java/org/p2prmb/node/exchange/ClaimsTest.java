package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Outcome;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;

/// Claims that were answered too late: their contract is there, and nobody noted it.
final class ClaimsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Bytes PARTY = Bytes.utf8("buyer");

    private final KeyPair keys = keys("seller");
    private final PaperSettlement settlement = new PaperSettlement(keys.peerId());
    private final Offer offer =
            new Offer(
                    keys.peerId(),
                    Trader.BTC,
                    Trader.TFT,
                    BigInteger.valueOf(1_000_000),
                    100_000,
                    3,
                    Policy.bestPrice(Trader.FLOOR),
                    NOW,
                    NOW.plusSeconds(3_600));
    private final Sale sale =
            new Sale(
                    Canonical.domain("window").sha256(),
                    keys("buyer").peerId(),
                    2,
                    Trader.FLOOR,
                    NOW.plusSeconds(60),
                    Bytes.EMPTY);
    private final Instant late = NOW.plusSeconds(61);

    @TempDir private Path directory;

    private OfferBook book;
    private Claims claims;

    private static KeyPair keys(String name) {
        return KeyPair.ed25519(Canonical.domain("test/keys").text(name).sha256());
    }

    @BeforeEach
    void promise() {
        book = new OfferBook(directory);
        claims = new Claims(book, settlement);
        var _ = book.add(Form.OFFER.seal(offer, keys), Trader.WINDOW, false, NOW);
        book.promise(offer.id(), sale);
    }

    private int left() {
        return book.find(offer.id()).orElseThrow().left(late);
    }

    @Test
    void whatNobodyClaimedIsBack() {
        claims.sweep(late);
        assertThat(left()).isEqualTo(3);
    }

    @Test
    void whatHasAContractIsNotGivenBackForBeingLate() {
        var swap = settlement.sell(sale.sold(offer), sale.buyer(), PARTY, PARTY);
        claims.sweep(late);
        assertThat(left()).isEqualTo(1);
        assertThat(book.sale(sale.window(), sale.buyer()).orElseThrow().sale().swap())
                .isEqualTo(swap);
    }

    @Test
    void whatWasSettledMeanwhileIsSold() {
        var _ = settlement.sell(sale.sold(offer), sale.buyer(), PARTY, PARTY);
        settlement.end(Outcome.SETTLED);
        claims.sweep(late);
        assertThat(left()).isEqualTo(1);
        assertThat(book.find(offer.id()).orElseThrow().settled()).isEqualTo(2);
    }
}
