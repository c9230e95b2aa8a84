package org.p2prmb.libp2p.resource;

import java.io.IOException;

/// A connection or stream that is refused because a scope is full.
///
/// It has no stack trace: whoever floods us makes many of them.
public final class ResourceLimitException extends IOException {
    private static final long serialVersionUID = 1;

    ResourceLimitException(String reason) {
        super(reason);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
