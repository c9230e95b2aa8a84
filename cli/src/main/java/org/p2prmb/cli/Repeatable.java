package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Orders that may be given again when no answer came: when they were made is a part of them.
final class Repeatable {
    private Repeatable() {}

    /// Gives an order as of the time that its preview has. Without an answer it says how to ask for
    /// the same again, not for a second one.
    static ObjectNode ask(
            RootCommand root,
            OwnerClient client,
            String command,
            ObjectNode order,
            JsonNode preview) {
        var made = preview.path("created").asText();
        try {
            return client.ask(command, order.put("created", made));
        } catch (FailedException e) {
            if (!e.code().equals("refused")) {
                root.output()
                        .note(
                                "It may be done all the same: repeat this with --made %s, and"
                                                .formatted(made)
                                        + " nothing is done twice");
            }
            throw e;
        }
    }
}
