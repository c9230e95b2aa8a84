package org.p2prmb.libp2p.host;

import java.io.IOException;

/// The remote is in order and does not speak the security that we proposed.
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String security) {
        super("remote does not speak " + security);
    }
}
