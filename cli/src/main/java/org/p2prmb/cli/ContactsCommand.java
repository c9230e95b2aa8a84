package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;
import java.util.concurrent.Callable;

/// `rmb contacts`: whom the owner's agent remembers.
@Command(
        name = "contacts",
        description = {"List the living agents that your agent remembers."})
final class ContactsCommand implements Callable<Integer> {
    private static final int ALL = 10_000;

    private final RootCommand root;

    @Option(names = "--max", paramLabel = "N", description = "Contacts at most (${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--all", description = "Those that are believed dead, too.")
    private boolean all;

    ContactsCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (max < 1 || max > 1000) {
            throw new UserException("--max %d is outside 1 to 1000".formatted(max));
        }
        var output = root.output();
        var table = new Table("NAME", "PEER", "OFFERS", "REPUTATION", "LAST SEEN", "ADDRESS");
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("contacts.list", Json.object().put("max", max));
            var now = Instant.now();
            for (var contact : answer.path("contacts")) {
                var alive = contact.path("alive").asBoolean(true);
                if (!alive && !all) {
                    continue;
                }
                output.object(contact);
                table.row(
                        Replies.name(contact),
                        Replies.text(contact, "peer"),
                        Replies.list(contact.path("tags")),
                        Replies.reputation(contact),
                        (alive ? "" : "gone, ") + Replies.ago(contact.path("lastProofOfLife"), now),
                        Replies.first(contact.path("addresses")));
            }
        }
        if (table.isEmpty()) {
            output.note("no living contacts: join a network with 'rmb node --bootstrap ADDRESS'");
        } else {
            table.lines().forEach(output::line);
        }
        return Rmb.DONE;
    }

    @Command(
            name = "name",
            description = {
                "Give a contact a name, which then stands for it everywhere.",
                "Example: rmb contacts name 12D3Koo... alice"
            })
    int name(
            @Parameters(paramLabel = "PEER", description = "Peer id, or the name so far.")
                    String peer,
            @Parameters(paramLabel = "NAME", description = "The name, for you alone.") String name)
            throws InterruptedException {
        PeerText.checked(peer);
        var arguments = Json.object();
        arguments.put("name", PeerText.checkedName(name));
        try (var client = OwnerClient.open(root)) {
            arguments.put("peer", peerId(client, peer));
            client.ask("contacts.name", arguments);
        }
        root.output().line("%s is now called %s".formatted(peer, name));
        root.output().object(arguments);
        return Rmb.DONE;
    }

    /// The peer id itself, or that of the contact which has this name so far.
    private static String peerId(OwnerClient client, String peer) {
        if (PeerText.isPeerId(peer)) {
            return peer;
        }
        var list = client.ask("contacts.list", Json.object().put("max", ALL)).path("contacts");
        for (var contact : list) {
            if (contact.path("name").asText().equals(peer)) {
                return contact.path("peer").asText();
            }
        }
        throw new UserException(
                "no contact is called '%s': 'rmb contacts' lists them"
                        .formatted(Printed.brief(peer)));
    }
}
