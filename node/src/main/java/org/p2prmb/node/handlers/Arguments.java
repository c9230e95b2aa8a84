package org.p2prmb.node.handlers;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A command's JSON arguments, read with errors that say which one is wrong.
public final class Arguments {
    private static final int TEXT_MAX = 2 << 20;

    private final JsonNode node;

    public Arguments(JsonNode node) {
        this.node = node;
    }

    public String text(String name) throws CommandException {
        return optionalText(name)
                .orElseThrow(() -> CommandException.arguments("'%s' is missing".formatted(name)));
    }

    public Optional<String> optionalText(String name) throws CommandException {
        var value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().length() > TEXT_MAX) {
            throw CommandException.arguments("'%s' must be a text".formatted(name));
        }
        return Optional.of(value.textValue());
    }

    public int number(String name, int otherwise, int min, int max) throws CommandException {
        var value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isInt() || value.intValue() < min || value.intValue() > max) {
            throw CommandException.arguments(
                    "'%s' must be a number from %d to %d".formatted(name, min, max));
        }
        return value.intValue();
    }

    public Duration millis(String name, Duration otherwise, Duration max) throws CommandException {
        var millis = number(name, (int) otherwise.toMillis(), 1, (int) max.toMillis());
        return Duration.ofMillis(millis);
    }

    /// Texts by name; empty when the argument is absent.
    public Map<String, String> texts(String name) throws CommandException {
        var value = node.path(name);
        var texts = new TreeMap<String, String>();
        if (value.isMissingNode() || value.isNull()) {
            return texts;
        }
        for (var entry : value.properties()) {
            if (!entry.getValue().isTextual()) {
                throw CommandException.arguments(
                        "'%s.%s' must be a text".formatted(name, entry.getKey()));
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        }
        return texts;
    }

    public PeerId peer(String name) throws CommandException {
        var text = text(name);
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.arguments("'%s': %s".formatted(name, e.getMessage()));
        }
    }
}
