package org.p2prmb.ledgers.rpc;

/// A node's answer that it will not do what it was asked.
public final class RpcRefusal extends Exception {
    /// JSON-RPC's own code for a method that a node does not have.
    public static final int NO_SUCH_METHOD = -32601;

    private static final long serialVersionUID = 1;

    private final int code;

    public RpcRefusal(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
