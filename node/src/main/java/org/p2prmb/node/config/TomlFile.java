package org.p2prmb.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What `rmb.toml` says: the texts of each setting by its dotted key, the handlers, and the chains.
record TomlFile(
        Map<String, List<String>> texts, List<ExecConfig> handlers, List<ChainConfig> chains) {
    static final String HANDLERS = "handlers";
    static final String CHAIN = "chain";
    private static final int BYTES_MAX = 256 * 1024;
    private static final int DEPTH_MAX = 8;
    private static final Set<String> HANDLER_KEYS =
            Set.of("program", "args", "access", "deadline", "outputMax", "grants");

    TomlFile {
        texts = Map.copyOf(texts);
        handlers = List.copyOf(handlers);
        chains = List.copyOf(chains);
    }

    /// A missing file says nothing. Throws [UserException] that names the line.
    static TomlFile read(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new TomlFile(Map.of(), List.of(), List.of());
        }
        var root = tree(file);
        var texts = new LinkedHashMap<String, List<String>>();
        var handlers = new ArrayList<ExecConfig>();
        var chains = new ArrayList<ChainConfig>();
        for (var field : root.properties()) {
            if (field.getKey().equals(HANDLERS)) {
                handlers.addAll(handlers(file, field.getValue()));
            } else if (field.getKey().equals(CHAIN)) {
                chains.addAll(chains(file, field.getValue()));
            } else {
                flatten(file, field.getKey(), field.getValue(), texts, DEPTH_MAX);
            }
        }
        return new TomlFile(texts, handlers, chains);
    }

    private static JsonNode tree(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new UserException("%s is larger than 256 KiB".formatted(file));
            }
            return new TomlMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw new UserException(
                    "%s, line %d: %s"
                            .formatted(
                                    file,
                                    where == null ? 1 : where.getLineNr(),
                                    Printed.brief(e.getOriginalMessage())),
                    e);
        } catch (IOException e) {
            throw new UserException("cannot read %s (%s)".formatted(file, OwnFiles.reason(e)), e);
        }
    }

    private static void flatten(
            Path file, String key, JsonNode node, Map<String, List<String>> texts, int depth) {
        if (node.isObject() && depth > 0) {
            for (var field : node.properties()) {
                flatten(file, key + "." + field.getKey(), field.getValue(), texts, depth - 1);
            }
        } else {
            texts.put(key, texts(file, key, node));
        }
    }

    private static List<String> texts(Path file, String key, JsonNode node) {
        var items = new ArrayList<String>();
        if (node.isArray()) {
            node.forEach(item -> items.add(text(file, key, item)));
        } else {
            items.add(text(file, key, node));
        }
        return items;
    }

    private static String text(Path file, String key, JsonNode node) {
        if (!node.isValueNode()) {
            throw new UserException(
                    "%s in %s: a text, a number, true or false is expected, or a list of them"
                            .formatted(Printed.brief(key), file));
        }
        return node.asText();
    }

    private static List<ExecConfig> handlers(Path file, JsonNode node) {
        if (!node.isObject()) {
            throw new UserException(
                    "%s: write [handlers.NAME] before the settings of each handler"
                            .formatted(file));
        }
        return node.properties().stream()
                .map(field -> handler(file, field.getKey(), field.getValue()))
                .toList();
    }

    private static ExecConfig handler(Path file, String command, JsonNode node) {
        var name = HANDLERS + "." + Printed.brief(command);
        if (!node.isObject()) {
            throw new UserException("%s in %s names no program".formatted(name, file));
        }
        var texts = new LinkedHashMap<String, List<String>>();
        for (var field : node.properties()) {
            if (!HANDLER_KEYS.contains(field.getKey())) {
                throw new UserException(
                        "unknown setting %s.%s in %s%s"
                                .formatted(
                                        name,
                                        Printed.brief(field.getKey()),
                                        file,
                                        ConfigReader.suggestion(field.getKey(), HANDLER_KEYS)));
            }
            texts.put(field.getKey(), texts(file, name, field.getValue()));
        }
        try {
            return new ExecConfig(
                    command,
                    one(texts, "program", ""),
                    texts.getOrDefault("args", List.of()),
                    AccessText.parse(
                            String.join(",", texts.getOrDefault("access", List.of("owner")))),
                    Quantity.duration(one(texts, "deadline", Quantity.text(ExecConfig.DEADLINE))),
                    Quantity.bytes(one(texts, "outputMax", Quantity.text(ExecConfig.OUTPUT_MAX))),
                    texts.getOrDefault("grants", List.of()));
        } catch (UserException | IllegalArgumentException e) {
            throw new UserException(
                    "%s in %s: %s"
                            .formatted(name, file, Printed.line(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static List<ChainConfig> chains(Path file, JsonNode node) {
        if (!node.isArray()) {
            throw new UserException(
                    "%s: write [[chain]] before the settings of each chain".formatted(file));
        }
        var chains = new ArrayList<ChainConfig>();
        for (var table : node) {
            chains.add(chain(file, chains.size() + 1, table));
        }
        return chains;
    }

    private static ChainConfig chain(Path file, int number, JsonNode node) {
        var name = "[[chain]] number %d".formatted(number);
        var texts = new LinkedHashMap<String, List<String>>();
        for (var field : node.properties()) {
            texts.put(field.getKey(), texts(file, name + " " + field.getKey(), field.getValue()));
        }
        try {
            return ChainTables.parse(file, texts);
        } catch (UserException | IllegalArgumentException e) {
            throw new UserException(
                    "%s in %s: %s"
                            .formatted(name, file, Printed.line(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static String one(Map<String, List<String>> texts, String key, String fallback) {
        var items = texts.getOrDefault(key, List.of(fallback));
        if (items.size() != 1) {
            throw new UserException("%s takes one value".formatted(key));
        }
        return items.getFirst();
    }
}
