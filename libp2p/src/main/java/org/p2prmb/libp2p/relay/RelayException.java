package org.p2prmb.libp2p.relay;

import java.io.IOException;
import java.io.Serial;

/// A refusal by a relay.
public final class RelayException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    private final RelayStatus status;

    RelayException(RelayStatus status) {
        super("the relay answers " + status);
        this.status = status;
    }

    public RelayStatus status() {
        return status;
    }
}
