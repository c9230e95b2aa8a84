package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.OfferText;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.statements.Offering;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/// `rmb profile`: what the owner's agent offers to others.
@Command(
        name = "profile",
        description = {
            "Say what your agent offers, so that others find it.",
            "What is set here lasts; other agents hear of it at once.",
            "Example: rmb profile set --tag barber --where city=Ghent --where price=25..40"
        })
final class ProfileCommand implements Callable<Integer> {
    private final RootCommand root;

    ProfileCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        return show();
    }

    @Command(name = "show", description = "Show what your agent offers.")
    int show() {
        try (var client = OwnerClient.open(root)) {
            print(client.ask("profile.show", Json.object()));
        }
        return Rmb.DONE;
    }

    @Command(
            name = "set",
            description = {
                "Offer something, in place of what was offered under that tag.",
                "A value is a text, a number (price=30) or a range (price=25..40)."
            })
    int set(
            @Option(
                            names = "--tag",
                            required = true,
                            paramLabel = "TAG",
                            description = "What is offered.")
                    String tag,
            @Option(
                            names = "--where",
                            paramLabel = "KEY=VALUE",
                            description = "A criterion that it meets; may be repeated.")
                    @Nullable List<String> where) {
        var offering = offering(tag, where == null ? new ArrayList<>() : where);
        var arguments = Json.object().put("tag", offering.tag());
        var criteria = arguments.putObject("where");
        offering.criteria().forEach(criteria::put);
        try (var client = OwnerClient.open(root)) {
            print(client.ask("profile.set", arguments));
        }
        return Rmb.DONE;
    }

    @Command(name = "clear", description = "Take back what was set, all of it or what has one tag.")
    int clear(
            @Option(names = "--tag", paramLabel = "TAG", description = "Only this one.")
                    @Nullable String tag) {
        var arguments = Json.object();
        if (tag != null) {
            arguments.put("tag", tag);
        }
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("profile.clear", arguments);
            root.output().object(answer);
            var cleared = answer.path("cleared").asInt();
            root.output().line("took back %s".formatted(Replies.count(cleared, "offer")));
        }
        return Rmb.DONE;
    }

    private static Offering offering(String tag, List<String> where) {
        try {
            var criteria = new TreeMap<String, String>();
            for (var text : where) {
                var entry = OfferText.criterion(text);
                if (criteria.put(entry.getKey(), entry.getValue()) != null) {
                    throw new IllegalArgumentException(entry.getKey() + " is given twice");
                }
            }
            return Offering.of(tag, criteria);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private void print(JsonNode profile) {
        var output = root.output();
        output.object(profile);
        var table = new Table("TAG", "CRITERIA");
        for (var offering : profile.path("offerings")) {
            var criteria = new ArrayList<String>();
            offering.path("criteria")
                    .properties()
                    .forEach(entry ->
                            criteria.add(
                                    Printed.line(
                                            entry.getKey() + "=" + entry.getValue().asText())));
            table.row(Replies.text(offering, "tag"), String.join(" ", criteria));
        }
        if (table.isEmpty()) {
            output.note("your agent offers nothing: 'rmb profile set --tag TAG' changes that");
        } else {
            table.lines().forEach(output::line);
        }
    }
}
