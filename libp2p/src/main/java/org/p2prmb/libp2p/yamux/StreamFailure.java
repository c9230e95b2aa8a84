package org.p2prmb.libp2p.yamux;

import java.io.IOException;
import java.net.SocketTimeoutException;

/// Why a stream can do no more.
record StreamFailure(String reason, boolean timeout) {
    IOException exception() {
        return timeout ? new SocketTimeoutException(reason) : new IOException(reason);
    }
}
