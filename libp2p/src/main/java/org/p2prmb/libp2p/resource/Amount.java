package org.p2prmb.libp2p.resource;

/// What one reservation takes.
enum Amount {
    CONNECTION_IN("connections"),
    CONNECTION_OUT("connections"),
    STREAM_IN("streams"),
    STREAM_OUT("streams");

    /// What an operator reads in the counters.
    final String kind;

    Amount(String kind) {
        this.kind = kind;
    }

    static Amount connection(boolean inbound) {
        return inbound ? CONNECTION_IN : CONNECTION_OUT;
    }

    static Amount stream(boolean inbound) {
        return inbound ? STREAM_IN : STREAM_OUT;
    }
}
