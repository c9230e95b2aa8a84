package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/// `rmb swap`: what the owner does about one swap.
@Command(
        name = "swap",
        description = {"Do something about one swap; 'rmb swaps' shows them."})
final class SwapCommand implements Callable<Integer> {
    private final RootCommand root;

    SwapCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        throw new UserException("say what to do: rmb swap refund ID, or rmb swap withdraw ID");
    }

    @Command(
            name = "refund",
            description = {
                "Look at the chains at once, and take back what is due; your agent does so by",
                "itself, too. Says from when a refund is possible otherwise.",
                "Example: rmb swap refund 3fa9"
            })
    int refund(
            @Parameters(paramLabel = "ID", description = "The swap's id, or how it begins.")
                    String id) {
        var swap = ask("swaps.refund", id);
        root.output().line(outlook(swap));
        return Rmb.DONE;
    }

    @Command(
            name = "withdraw",
            description = {
                "End a swap before anything of yours is locked.",
                "Example: rmb swap withdraw 3fa9"
            })
    int withdraw(
            @Parameters(paramLabel = "ID", description = "The swap's id, or how it begins.")
                    String id) {
        var swap = ask("swaps.withdraw", id);
        root.output().line("%s: %s".formatted(SwapTexts.id(swap), Replies.text(swap, "state")));
        return Rmb.DONE;
    }

    private JsonNode ask(String command, String id) {
        try (var client = OwnerClient.open(root)) {
            var swap = client.ask(command, Json.object().put("swap", SwapTexts.checkedId(id)));
            root.output().object(swap);
            return swap;
        }
    }

    private static String outlook(JsonNode swap) {
        var start = "%s is %s: ".formatted(SwapTexts.id(swap), Replies.text(swap, "state"));
        if (swap.path("over").asBoolean()) {
            return start + "there is nothing to take back";
        }
        if (Replies.text(swap, "state").equals("refunding")) {
            return start + Replies.text(swap, "next");
        }
        var from = Replies.text(swap, "refundFrom");
        return from.isEmpty()
                ? start + "nothing of yours is locked for a refund; " + Replies.text(swap, "next")
                : start + "a refund is possible from %s on".formatted(from);
    }
}
