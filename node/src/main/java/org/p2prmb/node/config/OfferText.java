package org.p2prmb.node.config;

import org.p2prmb.protocols.statements.Offering;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The text form of an [Offering]: `barber`, `barber:city=ghent`, `barber:city=ghent,day=sunday`.
public final class OfferText {
    private OfferText() {}

    /// Throws `IllegalArgumentException` that names the rule that was broken.
    public static Offering parse(String text) {
        var colon = text.indexOf(':');
        if (colon < 0) {
            return Offering.of(text.strip());
        }
        var criteria = new TreeMap<String, String>();
        for (var criterion : text.substring(colon + 1).split(",", -1)) {
            var entry = criterion(criterion.strip());
            if (criteria.put(entry.getKey(), entry.getValue()) != null) {
                throw new IllegalArgumentException(
                        "%s is given twice".formatted(Printed.brief(entry.getKey())));
            }
        }
        return Offering.of(text.substring(0, colon).strip(), criteria);
    }

    /// One `key=value`. Throws `IllegalArgumentException`.
    public static Map.Entry<String, String> criterion(String text) {
        var equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(
                    "'%s' is not key=value".formatted(Printed.brief(text)));
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }

    public static String format(Offering offering) {
        return offering.criteria().isEmpty()
                ? offering.tag()
                : offering.tag()
                        + offering.criteria().entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .collect(Collectors.joining(",", ":", ""));
    }
}
