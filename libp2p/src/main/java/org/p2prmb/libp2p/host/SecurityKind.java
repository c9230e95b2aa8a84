package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.tls.TlsSecurity;
import org.p2prmb.libp2p.transport.BufferPool;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/// The securities that a host may speak.
public enum SecurityKind {
    NOISE,
    TLS;

    /// Makes the security of the host with `identity`.
    Security start(KeyPair identity, SecureRandom random, BufferPool pool) {
        var muxers = List.of(Upgrader.MUXER);
        return switch (this) {
            case NOISE -> new NoiseSecurity(identity, muxers, random, pool);
            case TLS -> new TlsSecurity(identity, muxers, random, pool, InstantSource.system());
        };
    }
}
