package org.p2prmb.node.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WholeFile;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Price;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/// `offers.json` beside the store: what our owner offers, and what became of it. It is replaced as
/// a whole, and synced before it takes the place of the old one.
final class OfferFile {
    private static final String NAME = "offers.json";
    private static final int BYTES_MAX = 64 << 20;
    private static final ObjectMapper json = new ObjectMapper();

    private final Path file;

    OfferFile(Path directory) {
        this.file = directory.resolve(NAME);
    }

    /// Throws [UserException] when the file is damaged: an agent that does not know what it sold
    /// must not sell.
    List<OwnOffer> read() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("it is too large");
            }
            var offers = new ArrayList<OwnOffer>();
            for (var node : list(json.readTree(Files.readString(file)), "offers")) {
                offers.add(offer(node));
            }
            return offers;
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    "cannot read the offers in %s: %s".formatted(file, e.getMessage()));
        }
    }

    /// A file that was cut off must not read as one with less in it.
    private static JsonNode list(JsonNode node, String name) throws IOException {
        var list = node.path(name);
        if (!list.isArray()) {
            throw new IOException("it has no " + name);
        }
        return list;
    }

    private static OwnOffer offer(JsonNode node) throws IOException {
        if (!node.path("settled").isInt()) {
            throw new IOException("it does not say how many lots are sold");
        }
        var sales = new ArrayList<Sale>();
        for (var sale : list(node, "sales")) {
            sales.add(
                    new Sale(
                            Bytes.hex(sale.path("window").asText()),
                            PeerId.parse(sale.path("buyer").asText()),
                            sale.path("lots").asInt(),
                            new Price(new BigInteger(sale.path("price").asText())),
                            Instant.ofEpochMilli(sale.path("claimBy").asLong()),
                            Bytes.hex(sale.path("swap").asText())));
        }
        var envelope = Base64.getDecoder().decode(node.path("offer").asText());
        return new OwnOffer(
                Form.OFFER.open(Bytes.wrap(envelope)),
                Duration.ofMillis(node.path("windowMillis").asLong()),
                node.path("confirm").asBoolean(),
                node.path("cancelled").asBoolean(),
                node.path("settled").asInt(),
                sales);
    }

    /// On the disk when this returns.
    void write(Collection<OwnOffer> offers) {
        var root = JsonNodeFactory.instance.objectNode();
        var list = root.putArray("offers");
        for (var offer : offers) {
            var envelope = offer.signed().envelope().unsafeArray();
            var node = list.addObject();
            node.put("offer", Base64.getEncoder().encodeToString(envelope));
            node.put("windowMillis", offer.window().toMillis());
            node.put("confirm", offer.confirm());
            node.put("cancelled", offer.cancelled());
            node.put("settled", offer.settled());
            var sales = node.putArray("sales");
            for (var sale : offer.sales()) {
                var sold = sales.addObject();
                sold.put("window", sale.window().toHex());
                sold.put("buyer", sale.buyer().toString());
                sold.put("lots", sale.lots());
                sold.put("price", sale.price().units().toString());
                sold.put("claimBy", sale.claimBy().toEpochMilli());
                sold.put("swap", sale.swap().toHex());
            }
        }
        try {
            WholeFile.keep(file, json.writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts that are no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the offers to " + file, e);
        }
    }
}
