package org.p2prmb.node.swap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.swap.LedgerException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The commands about an agent's swaps (docs/handlers.md).
public final class SwapCommands {
    private static final int LISTED_MAX = 1_000;
    private static final int LISTED = 50;
    private static final int PREFIX_MIN = 4;
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final SwapDesk desk;
    private final SwapJson shown;

    /// @param names what the owner calls an agent; empty when nothing
    public SwapCommands(SwapDesk desk, Function<PeerId, String> names) {
        this.desk = desk;
        shown = new SwapJson(names);
    }

    public Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("swaps.list", (arguments, _) -> list(new Arguments(arguments)));
        commands.put("swaps.show", (arguments, _) -> show(new Arguments(arguments)));
        commands.put("swaps.refund", (arguments, _) -> refund(new Arguments(arguments)));
        commands.put("swaps.withdraw", (arguments, _) -> withdraw(new Arguments(arguments)));
        return commands;
    }

    private interface Work<T> {
        T run() throws LedgerException, CommandException;
    }

    private static <T> T trying(Work<T> work) throws CommandException {
        try {
            return work.run();
        } catch (LedgerException e) {
            throw failed(String.valueOf(e.getMessage()));
        }
    }

    private static CommandException failed(String why) {
        return new CommandException(CommandException.FAILED, why);
    }

    /// Those that are open, then those that are over, the newest of both first.
    private JsonNode list(Arguments arguments) throws CommandException {
        int max = arguments.number("max", LISTED, 1, LISTED_MAX);
        var result = json.objectNode();
        var swaps = result.putArray("swaps");
        var reports = trying(desk::reports).reversed();
        var now = desk.now();
        for (boolean over : new boolean[] {false, true}) {
            reports.stream()
                    .filter(report -> report.swap().isOver() == over)
                    .limit(Math.max(0, max - swaps.size()))
                    .map(report -> shown.row(report, now))
                    .forEach(swaps::add);
        }
        var refused = result.putArray("refused");
        trying(desk::refused).forEach(contract -> refused.add(shown.refused(contract)));
        return result;
    }

    private JsonNode show(Arguments arguments) throws CommandException {
        var id = id(arguments);
        return shown.whole(trying(() -> desk.report(id)), desk.now());
    }

    /// What is due is done at once; otherwise it says when a refund is possible.
    private JsonNode refund(Arguments arguments) throws CommandException {
        var id = id(arguments);
        trying(() -> {
            desk.lookNow();
            return id;
        });
        return shown.whole(trying(() -> desk.report(id)), desk.now());
    }

    private JsonNode withdraw(Arguments arguments) throws CommandException {
        var id = id(arguments);
        var report = trying(() -> desk.withdraw(id));
        if (!report.swap().isOver()) {
            throw failed(
                    "something of ours may be locked: it goes on until it is settled or refunded");
        }
        return shown.whole(report, desk.now());
    }

    /// The swap whose id begins so.
    private Bytes id(Arguments arguments) throws CommandException {
        var text = arguments.text("swap");
        if (!text.matches("[0-9a-f]{%d,64}".formatted(PREFIX_MIN))) {
            throw wrong("'swap' is at least the first 4 digits of a swap's id, in hexadecimal");
        }
        List<Bytes> found =
                trying(desk::swaps).stream()
                        .map(swap -> swap.deal().terms().id())
                        .filter(id -> id.toHex().startsWith(text))
                        .toList();
        if (found.isEmpty()) {
            throw new CommandException(
                    CommandException.UNKNOWN,
                    "there is no swap %s: 'rmb swaps' lists them".formatted(text));
        }
        if (found.size() > 1) {
            throw wrong("%d swaps begin with %s: give more".formatted(found.size(), text));
        }
        return found.getFirst();
    }

    private static CommandException wrong(String message) {
        return new CommandException(CommandException.ARGUMENTS, message);
    }
}
