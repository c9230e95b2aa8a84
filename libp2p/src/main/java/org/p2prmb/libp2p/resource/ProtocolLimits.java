package org.p2prmb.libp2p.resource;

/// Limits of the streams of any one protocol.
///
/// @param all those of all peers together
/// @param perPeer those of one peer
public record ProtocolLimits(ScopeLimits all, ScopeLimits perPeer) {
    /// Limits of streams only; `perPeer` in each direction.
    public static ProtocolLimits of(int all, int perPeer) {
        return new ProtocolLimits(
                ScopeLimits.NONE.withStreams(all, all, all),
                ScopeLimits.NONE.withStreams(perPeer, perPeer, 2 * perPeer));
    }

    /// As this, with limits of what the streams hold.
    public ProtocolLimits withBytes(long most, long perPeerMost) {
        return new ProtocolLimits(all.withBytes(most), perPeer.withBytes(perPeerMost));
    }
}
