package org.p2prmb.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WholeFile;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the agent offers: what its configuration says, and what its owner told it since, in a file
/// beside the store. For one tag the owner's word replaces the configuration's.
///
/// Safe for many threads.
final class Profile {
    private static final String NAME = "profile.json";
    private static final int BYTES_MAX = 256 * 1024;
    private static final ObjectMapper json = new ObjectMapper();

    private final Path file;
    private final List<Offering> configured;

    /// By tag.
    private Map<String, Offering> told;

    /// Reads the file in `directory`; throws [UserException] when it is damaged, for an agent that
    /// offers something else than its owner said must not run.
    Profile(Path directory, List<Offering> configured) {
        this.file = directory.resolve(NAME);
        this.configured = List.copyOf(configured);
        try {
            this.told = read();
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    "cannot read the profile %s: %s".formatted(file, e.getMessage()));
        }
    }

    private Map<String, Offering> read() throws IOException {
        var offerings = new LinkedHashMap<String, Offering>();
        if (!Files.exists(file)) {
            return offerings;
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("it is too large");
        }
        for (var node : json.readTree(Files.readString(file)).path("offerings")) {
            var criteria = new TreeMap<String, String>();
            node.path("criteria")
                    .properties()
                    .forEach(entry -> criteria.put(entry.getKey(), entry.getValue().asText()));
            var offering = Offering.of(node.path("tag").asText(), criteria);
            offerings.put(offering.tag(), offering);
        }
        return offerings;
    }

    /// All that is offered.
    synchronized List<Offering> offerings() {
        return merged(told);
    }

    private List<Offering> merged(Map<String, Offering> owners) {
        var all = new ArrayList<Offering>();
        configured.stream()
                .filter(offering -> !owners.containsKey(offering.tag()))
                .forEach(all::add);
        all.addAll(owners.values());
        return all;
    }

    /// Offers this from now on, in place of what was offered under its tag; it is on the disk
    /// before anybody hears of it. Throws `IllegalArgumentException` when there is too much.
    synchronized void set(Offering offering) {
        var changed = new LinkedHashMap<>(told);
        changed.put(offering.tag(), offering);
        if (merged(changed).size() > ContactRecord.OFFERINGS_MAX) {
            throw new IllegalArgumentException(
                    "an agent offers %d things at most".formatted(ContactRecord.OFFERINGS_MAX));
        }
        keep(changed);
    }

    /// Takes back what the owner told under this tag, or all of it; returns how much that was.
    synchronized int clear(Optional<String> tag) {
        var changed = new LinkedHashMap<>(told);
        tag.ifPresentOrElse(changed::remove, changed::clear);
        var cleared = told.size() - changed.size();
        if (cleared > 0) {
            keep(changed);
        }
        return cleared;
    }

    private void keep(Map<String, Offering> changed) {
        var root = JsonNodeFactory.instance.objectNode();
        root.set("offerings", describe(changed.values()));
        try {
            WholeFile.keep(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts that are no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the profile to " + file, e);
        }
        told = changed;
    }

    static ArrayNode describe(Iterable<Offering> offerings) {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var offering : offerings) {
            var criteria = list.addObject().put("tag", offering.tag()).putObject("criteria");
            offering.criteria().forEach(criteria::put);
        }
        return list;
    }
}
