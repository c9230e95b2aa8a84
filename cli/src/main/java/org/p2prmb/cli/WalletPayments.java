package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What the owner pays from the wallet: a preview, the question, the payment.
final class WalletPayments {
    private static final int CONTRACT_SECONDS_MAX = 600;

    /// Longer than an agent takes to pay or to say that it did not: whoever did not hear that would
    /// pay twice.
    private static final Duration PAID_WITHIN = Duration.ofMinutes(5);

    private final RootCommand root;
    private final Output output;
    private final boolean yes;

    /// @param yes whether the owner has agreed already
    WalletPayments(RootCommand root, boolean yes) {
        this.root = root;
        this.output = root.output();
        this.yes = yes;
    }

    int send(String amount, String to) {
        var arguments = Json.object().put("amount", amount).put("to", to);
        try (var client = OwnerClient.open(root)) {
            var preview = preview(client, "wallet.send", arguments);
            output.note(
                    "Pays %s %s to %s"
                            .formatted(
                                    Replies.text(preview, "amount"),
                                    Replies.text(preview, "coin"),
                                    Replies.text(preview, "to")));
            var sent = agreed(client, "wallet.send", arguments, preview);
            output.object(sent);
            output.line("sent %s".formatted(Replies.first(sent.path("ids"))));
        }
        return Rmb.DONE;
    }

    int gas(String chain, String each) {
        var arguments = Json.object().put("chain", chain).put("each", each);
        try (var client = OwnerClient.open(root)) {
            var preview = preview(client, "wallet.gas", arguments);
            var accounts = preview.path("accounts").asInt();
            if (accounts == 0) {
                output.object(preview);
                output.line("all gas accounts have enough");
                return Rmb.DONE;
            }
            output.note(
                    "Pays %s %s to %s"
                            .formatted(
                                    Replies.text(preview, "amount"),
                                    Replies.text(preview, "coin"),
                                    Replies.count(accounts, "gas account")));
            var sent = agreed(client, "wallet.gas", arguments, preview);
            output.object(sent);
            output.line("sent " + Replies.list(sent.path("ids")));
        }
        return Rmb.DONE;
    }

    int deploy(String chain) throws InterruptedException {
        var arguments = Json.object().put("chain", chain);
        try (var client = OwnerClient.open(root)) {
            var preview = preview(client, "wallet.deploy", arguments);
            output.note("Makes the contract of the locks on " + chain);
            var sent = agreed(client, "wallet.deploy", arguments, preview);
            output.note("Waiting for a block that has it: " + Replies.first(sent.path("ids")));
            await(client, chain, sent);
            output.object(sent);
            var contract = Replies.text(sent, "contract");
            output.line("contract = \"%s\"".formatted(contract));
            output.note(
                    "Write this line into the [[chain]] table of %s in %s, then start your agent"
                                    .formatted(chain, root.home().configuration())
                            + " again.");
        }
        return Rmb.DONE;
    }

    private void await(OwnerClient client, String chain, ObjectNode sent)
            throws InterruptedException {
        var question =
                Json.object()
                        .put("chain", chain)
                        .put("id", sent.path("ids").path(0).asText())
                        .put("contract", sent.path("contract").asText());
        for (int second = 0; second < CONTRACT_SECONDS_MAX; second++) {
            switch (client.ask("wallet.deployed", question).path("state").asText()) {
                case "done" -> {
                    return;
                }
                case "failed" ->
                        throw new FailedException(
                                "failed", "the transaction failed: no contract was made");
                default -> TimeUnit.SECONDS.sleep(1);
            }
        }
        throw new FailedException(
                "waiting",
                "no block has it after %d s; it may still come: contract %s"
                        .formatted(CONTRACT_SECONDS_MAX, Replies.text(sent, "contract")));
    }

    private static ObjectNode preview(OwnerClient client, String command, ObjectNode arguments) {
        return client.ask(command, arguments.deepCopy().put("preview", 1));
    }

    private ObjectNode agreed(
            OwnerClient client, String command, ObjectNode arguments, ObjectNode preview) {
        output.note(
                "Fee      %s %s at most"
                        .formatted(
                                Replies.text(preview, "feeMax"), Replies.text(preview, "feeCoin")));
        Confirmation.require(root, yes, "Do it?");
        return client.ask(
                command,
                arguments.deepCopy().put("feeMax", preview.path("feeMax").asText()),
                PAID_WITHIN);
    }
}
