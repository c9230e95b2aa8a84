package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.statements.Canonical;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// What a seller knows of its sales: all of it, or it does not sell.
final class OfferFileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @TempDir private Path directory;

    @Test
    void whatIsDamagedDoesNotReadAsLess() throws IOException {
        var keys = KeyPair.ed25519(Canonical.domain("test/keys").sha256());
        var offer =
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
        var _ =
                new OfferBook(directory)
                        .add(Form.OFFER.seal(offer, keys), Trader.WINDOW, false, NOW);
        assertThat(new OfferBook(directory).all()).hasSize(1);
        var file = directory.resolve("offers.json");
        var whole = Files.readString(file);
        assertThat(whole).contains("\"offers\"", "\"sales\"", "\"settled\"");
        for (var damaged :
                List.of(
                        "",
                        "{}",
                        whole.replace("\"offers\"", "\"other\""),
                        whole.replace("\"sales\"", "\"other\""),
                        whole.replace("\"settled\"", "\"other\""),
                        whole.substring(0, whole.length() / 2))) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> new OfferBook(directory))
                    .as(damaged)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("cannot read the offers");
        }
    }
}
