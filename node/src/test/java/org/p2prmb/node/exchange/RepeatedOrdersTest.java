package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.handlers.Arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;

/// An owner who got no answer sells or buys once, however often he asks.
final class RepeatedOrdersTest {
    @TempDir private Path directory;
    private final ObjectNode order = JsonNodeFactory.instance.objectNode();
    private Trader seller;
    private OwnersDesk desk;

    @BeforeEach
    void start() throws IOException {
        seller = Trader.start(KeyPair.generate(new SecureRandom()), directory);
        desk = new OwnersDesk(seller.exchange());
        order.put("give", "0.03 BTC").put("want", "TFT").put("windowMillis", 3_000);
        order.put("price", "1 BTC = 4000 TFT").put("usd", "1 BTC = 100000");
    }

    @AfterEach
    void close() {
        seller.close();
    }

    private String sell() throws Exception {
        return desk.sell(new Arguments(order.deepCopy())).path("offer").asText();
    }

    @Test
    void anOfferThatIsMadeAgainIsTheSameWithWhatIsSoldOfIt() throws Exception {
        var preview = desk.sell(new Arguments(order.deepCopy().put("dryRun", 1)));
        assertThat(seller.exchange().book().all()).isEmpty();
        order.put("created", preview.path("created").asText());
        var first = sell();
        var id = Bytes.hex(first);
        var claimBy = Instant.parse(preview.path("validUntil").asText());
        var sale = new Sale(id, seller.peer(), 1, Trader.FLOOR, claimBy, Bytes.EMPTY);
        seller.exchange().book().promise(id, sale);
        assertThat(sell()).isEqualTo(first);
        assertThat(seller.exchange().book().all()).hasSize(1);
        assertThat(seller.exchange().book().all().getFirst().inSale()).isEqualTo(1);
        seller.exchange().book().cancel(id);
        assertThat(sell()).isEqualTo(first);
        assertThat(seller.exchange().book().all().getFirst().cancelled()).isTrue();
    }

    @Test
    void anOfferOfAnotherMomentIsAnotherOne() throws Exception {
        var made = Instant.now().minusSeconds(60);
        order.put("created", made.toString());
        var first = sell();
        order.put("created", made.plusSeconds(1).toString());
        assertThat(sell()).isNotEqualTo(first);
        assertThat(seller.exchange().book().all()).hasSize(2);
    }

    private String buy(Instant created) throws Exception {
        var ordered = JsonNodeFactory.instance.objectNode();
        ordered.put("want", "BTC").put("with", "TFT").put("usd", 1_000).put("atMost", "100 TFT");
        ordered.put("maxPrice", "1 BTC = 4100 TFT").put("created", created.toString());
        return desk.buy(new Arguments(ordered)).path("request").asText();
    }

    @Test
    void aPurchaseThatIsOrderedAgainIsTheSameAlsoWhenItIsOver() throws Exception {
        var created = Instant.now();
        var first = buy(created);
        assertThat(buy(created)).isEqualTo(first);
        assertThat(seller.exchange().purchases().cancel(first)).isTrue();
        assertThat(buy(created)).isEqualTo(first);
        var later = Instant.now().plusMillis(1);
        while (!Instant.now().isAfter(later)) {
            Thread.onSpinWait();
        }
        assertThat(buy(later)).isNotEqualTo(first);
    }

    /// Purchases are kept in memory only, but what they won is not.
    @Test
    void whatWasOrderedOfTheAgentBeforeIsNotBoughtByThisOne() {
        assertThatThrownBy(() -> buy(Instant.now().minusSeconds(300)))
                .hasMessageContaining("does not know any more what it bought then");
    }

    @Test
    void offersOfThePastOrTheFutureAreNotMade() {
        refused("2020-01-01T00:00:00Z", "over already");
        refused("9020-01-01T00:00:00Z", "in the future");
        refused("yesterday", "'created' is a time such as");
        assertThat(seller.exchange().book().all()).isEmpty();
    }

    private void refused(String created, String why) {
        order.put("created", created);
        assertThatThrownBy(this::sell)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
