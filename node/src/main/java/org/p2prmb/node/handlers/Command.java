package org.p2prmb.node.handlers;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;

/// One command of the underlayer: JSON arguments in, a JSON result out.
@FunctionalInterface
public interface Command {
    /// Runs the command; [CommandException] carries what the caller is told.
    JsonNode run(JsonNode arguments, Caller caller) throws CommandException, InterruptedException;

    /// Who asks.
    ///
    /// @param connection what the request came in on; null when a local handler asks
    record Caller(PeerId peer, @Nullable Connection connection) {}
}
