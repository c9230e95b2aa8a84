package org.p2prmb.node;

import org.p2prmb.libp2p.core.Connection.Traffic;

/// The bytes of the length-prefixed frames of the two protocols by which agents know of each other.
///
/// @param alive of `/rmb/alive/1.0.0`
/// @param contacts of `/rmb/contacts/1.0.0`
public record LivenessBytes(Traffic alive, Traffic contacts) {
    public long sent() {
        return alive.bytesWritten() + contacts.bytesWritten();
    }

    public long received() {
        return alive.bytesRead() + contacts.bytesRead();
    }

    /// Sent and received.
    public long total() {
        return sent() + received();
    }
}
