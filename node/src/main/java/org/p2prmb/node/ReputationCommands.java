package org.p2prmb.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.reputation.Amounts;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.Terms;

import java.time.LocalDate;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/// The commands about others' reputation (docs/handlers.md).
final class ReputationCommands {
    private static final int DOLLARS_MAX = 10_000_000;
    private static final int CENTS = 100;
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Agent agent;

    ReputationCommands(Agent agent) {
        this.agent = agent;
    }

    Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("reputation.show", (arguments, _) -> show(new Arguments(arguments)));
        commands.put("reputation.report", (arguments, _) -> report(new Arguments(arguments)));
        return commands;
    }

    private JsonNode show(Arguments arguments) throws CommandException, InterruptedException {
        var peer = peer(arguments);
        if (arguments.number("ask", 1, 0, 1) == 1) {
            agent.reputation().consult(peer);
        }
        var explanation = agent.reputation().explain(peer);
        var terms = explanation.terms();
        var result = json.objectNode();
        result.put("peer", peer.toString());
        result.put("name", agent.contacts().find(peer).map(Contact::name).orElse(""));
        result.put("score", terms.score());
        result.put("limitCents", explanation.limitCents());
        result.put("good", terms.good());
        result.put("bad", terms.bad());
        result.set("terms", terms(terms));
        var reports = result.putArray("reports");
        explanation.reports().forEach(report -> reports.add(report(report)));
        return result;
    }

    private static ObjectNode terms(Terms terms) {
        var node = json.objectNode();
        node.put("ownGood", terms.ownGood());
        node.put("knownGood", Terms.KNOWN_FACTOR * terms.knownGood());
        node.put("unknownGood", Terms.unknown(terms.unknownGood()));
        node.put("settled", terms.settledTerm());
        node.put("ownBad", terms.ownBad());
        node.put("knownBad", Terms.KNOWN_FACTOR * terms.knownBad());
        node.put("unknownBad", Terms.unknown(terms.unknownBad()));
        node.put("faults", terms.faultsTerm());
        return node;
    }

    private static ObjectNode report(Explanation.Explained explained) {
        var report = explained.filed().report();
        var node = json.objectNode();
        node.put("kind", report.kind().toString());
        node.put("good", report.kind().good());
        node.put("verified", explained.filed().verified());
        node.put("reporter", report.reporter().toString());
        node.put("own", explained.own());
        node.put("counts", explained.counts());
        node.put("known", explained.agreement().known());
        node.put("agreed", explained.agreement().agree());
        node.put("disagreed", explained.agreement().disagree());
        node.put("weight", explained.agreement().weight());
        node.put("amountUsdCents", report.amountUsdCents());
        node.put("day", LocalDate.ofEpochDay(report.epoch()).toString());
        var envelope = explained.filed().signed().envelope();
        node.put("envelope", Base64.getEncoder().encodeToString(envelope.unsafeArray()));
        return node;
    }

    private JsonNode report(Arguments arguments) throws CommandException {
        var peer = peer(arguments);
        var kind =
                ReportKind.parse(arguments.text("kind"))
                        .filter(known -> known != ReportKind.UNKNOWN)
                        .orElseThrow(() -> wrong("'kind' is none of the kinds of report"));
        var cents = (long) arguments.number("amountUsd", 0, 0, DOLLARS_MAX) * CENTS;
        try {
            var evidence = arguments.optionalText("evidence").orElse("");
            var filed =
                    agent.reputation()
                            .report(
                                    peer,
                                    kind,
                                    Math.min(cents, Amounts.CENTS_MAX),
                                    Bytes.wrap(Base64.getDecoder().decode(evidence)));
            var result = json.objectNode();
            result.put("peer", peer.toString());
            result.put("kind", kind.toString());
            result.put("verified", filed.verified());
            result.put("score", agent.reputation().score(peer));
            return result;
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private PeerId peer(Arguments arguments) throws CommandException {
        var text = arguments.text("peer");
        var named = agent.contacts().named(text);
        if (named.isPresent()) {
            return named.get().peer();
        }
        var peer = arguments.peer("peer");
        if (peer.equals(agent.peerId())) {
            throw wrong("that is this agent itself");
        }
        return peer;
    }

    private static CommandException wrong(String message) {
        return new CommandException(CommandException.ARGUMENTS, message);
    }
}
