package org.p2prmb.node.exchange;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.swap.LedgerException;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The commands of the exchange, for the owner (docs/handlers.md).
public final class ExchangeCommands {
    private final Supplier<Optional<Exchange>> joined;

    /// @param joined the agent's exchange; empty without coins
    public ExchangeCommands(Supplier<Optional<Exchange>> joined) {
        this.joined = joined;
    }

    /// By their names.
    public Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("exchange.sell", command(OwnersDesk::sell));
        commands.put("exchange.offers", command(OwnersDesk::offers));
        commands.put("exchange.cancel", command(OwnersDesk::cancel));
        commands.put("exchange.quote", command(OwnersDesk::quote));
        commands.put("exchange.buy", command(OwnersDesk::buy));
        commands.put("exchange.requests", command(OwnersDesk::requests));
        commands.put("exchange.withdraw", command(OwnersDesk::withdraw));
        commands.put("exchange.pending", command((desk, _) -> desk.pending()));
        commands.put("exchange.decide", command(OwnersDesk::decide));
        return commands;
    }

    private interface Work {
        JsonNode run(OwnersDesk desk, Arguments arguments)
                throws CommandException, InterruptedException, LedgerException;
    }

    private Command command(Work work) {
        return (arguments, _) -> {
            var exchange =
                    joined.get()
                            .orElseThrow(() ->
                                    new CommandException(
                                            CommandException.FAILED,
                                            "no coins are configured: see docs/ledgers.md"));
            try {
                return work.run(new OwnersDesk(exchange), new Arguments(arguments));
            } catch (IllegalArgumentException e) {
                throw new CommandException(
                        CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
            } catch (LedgerException e) {
                throw new CommandException(CommandException.FAILED, String.valueOf(e.getMessage()));
            }
        };
    }
}
