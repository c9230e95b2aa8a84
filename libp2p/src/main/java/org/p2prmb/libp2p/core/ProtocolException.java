package org.p2prmb.libp2p.core;

import java.io.IOException;

/// The peer broke a rule: it loses its stream or connection, and nobody else notices.
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
