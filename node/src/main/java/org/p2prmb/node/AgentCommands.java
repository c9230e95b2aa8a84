package org.p2prmb.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.OwnerKey;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.Printable;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The commands that an agent obeys: JSON around what [Agent] does (docs/handlers.md).
final class AgentCommands {
    private static final int TEXT_SHOWN_MAX = 256;
    private static final Duration SEND_WAIT = Duration.ofSeconds(30);
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Agent agent;

    AgentCommands(Agent agent) {
        this.agent = agent;
    }

    Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("agent.info", (_, _) -> info());
        commands.put("contacts.list", (arguments, _) -> contacts(new Arguments(arguments)));
        commands.put("contacts.name", (arguments, _) -> name(new Arguments(arguments)));
        commands.put("message.send", (arguments, _) -> send(new Arguments(arguments)));
        commands.put("owner.publish", (arguments, _) -> publishOwner(new Arguments(arguments)));
        new SearchCommands(agent).addTo(commands);
        commands.putAll(agent.trade().commands());
        commands.putAll(new ReputationCommands(agent).all());
        return commands;
    }

    private JsonNode info() {
        var info = json.objectNode();
        info.put("peerId", agent.peerId().toString());
        info.put("owner", OwnerKey.format(agent.owner()));
        info.set("addresses", addresses(agent.addresses()));
        info.put("uptimeSeconds", agent.uptime().toSeconds());
        info.put("connections", agent.host().connections().size());
        info.put("neighbours", agent.neighbours().size());
        info.put("version", AgentWatch.version());
        return info;
    }

    private JsonNode contacts(Arguments arguments) throws CommandException, InterruptedException {
        var max = arguments.number("max", 1_000, 1, 10_000);
        var list = json.arrayNode();
        for (var entry : agent.verifiedContacts(max)) {
            var contact = entry.contact();
            var node = list.addObject();
            node.put("peer", contact.peer().toString());
            node.put("name", contact.name());
            node.set("addresses", addresses(contact.addresses()));
            node.set("tags", texts(contact.tags()));
            node.put("reputation", contact.reputation());
            node.set("lastProofOfLife", time(contact.lastProofOfLife()));
            node.put("alive", entry.alive());
        }
        return json.objectNode().set("contacts", list);
    }

    private JsonNode name(Arguments arguments) throws CommandException {
        var peer = arguments.peer("peer");
        var name = arguments.text("name");
        if (name.length() > Contact.NAME_LENGTH_MAX || !Printable.of(name, 256).equals(name)) {
            throw new CommandException(
                    CommandException.ARGUMENTS,
                    "a name has up to %d printable characters".formatted(Contact.NAME_LENGTH_MAX));
        }
        if (agent.contacts().find(peer).isEmpty()) {
            throw new CommandException(CommandException.UNKNOWN, "no contact " + peer);
        }
        agent.contacts().name(peer, name);
        return json.objectNode();
    }

    private JsonNode send(Arguments arguments) throws CommandException, InterruptedException {
        var peer = destination(arguments);
        if (peer.equals(agent.peerId())) {
            throw new CommandException(
                    CommandException.ARGUMENTS, "that is this agent itself: ask it directly");
        }
        Bytes payload;
        try {
            var text = arguments.optionalText("payload").orElse("");
            payload = Bytes.wrap(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.ARGUMENTS, "'payload' must be base64");
        }
        var patience = arguments.millis("expirationMillis", SEND_WAIT, Header.EXPIRATION_MAX);
        var start = System.nanoTime();
        Agent.Sent sent;
        try {
            sent =
                    agent.send(
                            peer,
                            arguments.text("command"),
                            arguments.optionalText("schema").orElse(RmbMessage.JSON),
                            payload,
                            patience,
                            arguments.optionalText("tags").orElse(""));
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
        }
        var node = outcome(sent.outcome());
        node.put("uid", sent.uid().toString());
        node.put("from", peer.toString());
        node.put("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        return node;
    }

    private PeerId destination(Arguments arguments) throws CommandException, InterruptedException {
        var owner = arguments.optionalText("toOwner");
        if (owner.isPresent()) {
            try {
                return agent.agentOf(OwnerKey.parse(owner.get()))
                        .orElseThrow(() ->
                                new CommandException(
                                        CommandException.UNKNOWN,
                                        "no agent of this owner is known here"));
            } catch (UserException e) {
                throw new CommandException(
                        CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
            }
        }
        var name = arguments.text("to");
        var named = agent.contacts().named(name);
        if (named.isPresent()) {
            return named.get().peer();
        }
        try {
            return PeerId.parse(name);
        } catch (IllegalArgumentException _) {
            throw new CommandException(
                    CommandException.UNKNOWN,
                    "'%s' is neither a contact's name nor a peer id"
                            .formatted(Printable.of(name, TEXT_SHOWN_MAX)));
        }
    }

    private static ObjectNode outcome(Outcome outcome) {
        var node = json.objectNode();
        switch (outcome) {
            case Outcome.Answered(var schema, var payload) -> {
                node.put("outcome", "answered");
                node.put("schema", schema);
                node.put("payload", Base64.getEncoder().encodeToString(payload.unsafeArray()));
            }
            case Outcome.Refused(var code, var text) -> {
                node.put("outcome", code == 404 ? "no-handler" : "refused");
                node.put("code", code);
                node.put("message", Printable.of(text, TEXT_SHOWN_MAX));
            }
            case Outcome.Offline(var reason) -> failed(node, "offline", reason);
            case Outcome.Expired() -> failed(node, "expired", "no answer came in time");
            case Outcome.Lost(var reason) ->
                    failed(node, "lost", "the connection broke before the answer: " + reason);
            case Outcome.Misanswered(var reason) -> failed(node, "misanswered", reason);
        }
        return node;
    }

    private static void failed(ObjectNode node, String outcome, String reason) {
        node.put("outcome", outcome);
        node.put("message", Printable.of(reason, TEXT_SHOWN_MAX));
    }

    private JsonNode publishOwner(Arguments arguments) throws CommandException {
        try {
            var record = Bytes.wrap(Base64.getDecoder().decode(arguments.text("record")));
            if (!OwnerRecord.open(record).owner().equals(agent.owner())) {
                throw new CommandException(
                        CommandException.ARGUMENTS, "the record of another owner");
            }
            return json.objectNode().put("served", agent.serveOwner(record));
        } catch (IllegalArgumentException | ProtocolException e) {
            throw new CommandException(CommandException.ARGUMENTS, "'record': " + e.getMessage());
        }
    }

    private static ArrayNode addresses(Iterable<Multiaddr> addresses) {
        var list = json.arrayNode();
        addresses.forEach(address -> list.add(address.toString()));
        return list;
    }

    private static ArrayNode texts(Iterable<String> texts) {
        var list = json.arrayNode();
        texts.forEach(list::add);
        return list;
    }

    private static JsonNode time(Instant time) {
        return time.equals(Instant.EPOCH) ? json.nullNode() : json.textNode(time.toString());
    }
}
