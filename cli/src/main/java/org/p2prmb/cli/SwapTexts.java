package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Parts of swaps as people read them.
final class SwapTexts {
    private static final int SHORT = 8;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private SwapTexts() {}

    /// The beginning of the id, which the commands take for it.
    static String id(JsonNode swap) {
        var id = Replies.text(swap, "swap");
        return id.substring(0, Math.min(SHORT, id.length()));
    }

    /// Throws [UserException] when it cannot be an id.
    static String checkedId(String text) {
        if (!text.matches("[0-9a-f]{4,64}")) {
            throw new UserException(
                    "'%s' is no swap: give at least the first 4 digits of its id, as in 'rmb swaps'"
                            .formatted(Printed.brief(text)));
        }
        return text;
    }

    /// `1.5 BTC`.
    static String amount(JsonNode amount) {
        return Replies.text(amount, "amount") + " " + Replies.text(amount, "coin");
    }

    /// The peer's name, or how its id begins.
    static String peer(JsonNode swap) {
        var name = Replies.text(swap, "name");
        return name.isEmpty() ? Replies.text(swap, "peer") : name;
    }

    /// `2026-11-30 12:00:00Z`, or a dash.
    static String time(JsonNode instant) {
        try {
            return instant.isTextual() ? TIME.format(Instant.parse(instant.asText())) : "-";
        } catch (DateTimeException _) {
            return Printed.line(instant.asText());
        }
    }

    /// What happens next, and by when.
    static String next(JsonNode swap) {
        var by = time(swap.path("by"));
        return Replies.text(swap, "next") + (by.equals("-") ? "" : ", " + by);
    }

    /// How deep a lock is.
    static String seen(JsonNode lock) {
        var seen = Replies.text(lock, "seen");
        return lock.has("depth")
                ? "%s, %d of %d blocks"
                        .formatted(
                                seen, lock.path("depth").asInt(), lock.path("depthWanted").asInt())
                : seen;
    }
}
