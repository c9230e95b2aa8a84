package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.config.Printed;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;

/// Parts of an agent's replies as people read them; all of it is escaped.
final class Replies {
    private Replies() {}

    static String text(JsonNode object, String field) {
        return Printed.line(object.path(field).asText(""));
    }

    /// The contact's name, or a dash.
    static String name(JsonNode contact) {
        var name = text(contact, "name");
        return name.isEmpty() || contact.path("name").isNull() ? "-" : name;
    }

    static String reputation(JsonNode contact) {
        return String.format(Locale.ROOT, "%.2f", contact.path("reputation").asDouble());
    }

    /// The texts of an array, separated by spaces, or a dash.
    static String list(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(node -> texts.add(Printed.line(node.asText())));
        return texts.isEmpty() ? "-" : String.join(" ", texts);
    }

    /// The first text of an array, or a dash.
    static String first(JsonNode array) {
        return array.isEmpty() ? "-" : Printed.line(array.path(0).asText());
    }

    /// `1 agent`, `2 agents`.
    static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /// How long ago that was: `now`, `12 s ago`, `3 min ago`, or `never`.
    static String ago(JsonNode instant, Instant now) {
        try {
            if (!instant.isTextual()) {
                return "never";
            }
            var age = Duration.between(Instant.parse(instant.asText()), now);
            if (age.toSeconds() < 1) {
                return "now";
            }
            if (age.toMinutes() < 1) {
                return age.toSeconds() + " s ago";
            }
            return age.toHours() < 1
                    ? age.toMinutes() + " min ago"
                    : age.toDays() < 2 ? age.toHours() + " h ago" : age.toDays() + " days ago";
        } catch (DateTimeException _) {
            return Printed.line(instant.asText());
        }
    }
}
