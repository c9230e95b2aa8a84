package org.p2prmb.ledgers.rpc;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.protocols.swap.LedgerException;

/// A node that is asked in JSON-RPC: one behind a socket, or one in this process.
public interface Rpc {
    /// Asks what a node may refuse.
    JsonNode tryAsk(String method, Object... params) throws LedgerException, RpcRefusal;

    /// Asks what a node in order can answer: a refusal is a failure.
    default JsonNode ask(String method, Object... params) throws LedgerException {
        try {
            return tryAsk(method, params);
        } catch (RpcRefusal e) {
            throw new LedgerException("%s: %s".formatted(method, e.getMessage()), e);
        }
    }
}
