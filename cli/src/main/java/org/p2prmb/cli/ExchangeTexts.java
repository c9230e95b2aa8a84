package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.Quantity;
import org.p2prmb.node.config.UserException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Parts of the exchange's commands as people read and write them.
final class ExchangeTexts {
    private static final int ID_SHOWN = 12;
    private static final int TENTHS = 10;

    private ExchangeTexts() {}

    /// How an id begins: enough to tell a few of them apart.
    static String id(JsonNode object, String field) {
        var text = Replies.text(object, field);
        return text.length() > ID_SHOWN ? text.substring(0, ID_SHOWN) : text;
    }

    /// What a seller says it kept of the lots that its windows sold.
    static String denied(JsonNode offer) {
        return offer.has("denied") ? offer.path("denied").asInt() + " %" : "-";
    }

    /// A reputation from 0 to 1, in tenths.
    static Optional<Integer> reputation(@Nullable Double value) {
        if (value == null) {
            return Optional.empty();
        }
        if (!(value >= 0 && value <= 1)) {
            throw new UserException("--min-reputation is outside 0 to 1");
        }
        return Optional.of((int) Math.ceil(value * TENTHS - 1e-9));
    }

    static Optional<Integer> millis(String option, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Math.toIntExact(Quantity.duration(text).toMillis()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(
                    "%s '%s': write a number and ms, s, min or h, up to 20 days"
                            .formatted(option, Printed.brief(text)),
                    e);
        }
    }

    /// What a swap costs, and how long it may lock coins.
    static List<String> costs(JsonNode swap) {
        var locked = Duration.ofSeconds(swap.path("lockedSecondsMax").asLong());
        return List.of(
                "Fees of a swap at today's rates: at most %s to lock and %s to redeem"
                        .formatted(
                                Replies.text(swap, "feeLock"), Replies.text(swap, "feeRedeemMax")),
                "Should the other side vanish: at most %s to take back, for fees rise to the end"
                        .formatted(Replies.text(swap, "feeTakeBackMax")),
                "Your coins are locked for at most %d h %d min"
                        .formatted(locked.toHours(), locked.toMinutesPart()));
    }
}
