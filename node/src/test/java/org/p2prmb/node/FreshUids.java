package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.UidLog;

import java.time.Instant;

/// Takes every message for a new one.
final class FreshUids implements UidLog {
    @Override
    public Claim claim(Bytes uid, PeerId source, Instant expiresAt) {
        return new Claim.Fresh();
    }

    @Override
    public void answered(Bytes uid, PeerId source, Bytes answer) {}

    @Override
    public Instant since() {
        return Instant.EPOCH;
    }
}
