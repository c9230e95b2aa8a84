package org.p2prmb.libp2p.resource;

import java.util.Locale;

/// The scopes in which resources are counted.
enum ScopeName {
    SYSTEM,
    TRANSIENT,
    TRANSIENT_PEER,
    IP,
    PEER,
    CONNECTION,
    PROTOCOL,
    PROTOCOL_PEER,
    SERVICE,
    SERVICE_PEER;

    /// As the counters name it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
