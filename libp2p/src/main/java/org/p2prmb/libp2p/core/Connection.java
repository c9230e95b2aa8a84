package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// A secured, multiplexed connection to one authenticated peer.
///
/// Several connections with one peer are legal; each has its own streams.
public interface Connection extends AutoCloseable {
    PeerId remotePeer();

    PublicKey remotePublicKey();

    /// The remote end of the socket, without `/p2p`.
    Multiaddr remoteAddress();

    /// Our end of the socket, without `/p2p`.
    Multiaddr localAddress();

    /// True when we dialled.
    boolean outbound();

    /// What a relay lets pass on this connection; [CircuitLimit#NONE] without a relay, or with one
    /// that sets no limit.
    default CircuitLimit limit() {
        return CircuitLimit.NONE;
    }

    /// Opens a stream that speaks the first of `protocols` that the remote supports.
    ///
    /// With a single protocol the proposal travels with the first written bytes, so a refusal
    /// shows as a [ProtocolException] of the first read. Throws [ProtocolException] when none is
    /// supported, or none allowed while the connection is limited (see [Host#allowLimited]),
    /// [java.net.SocketTimeoutException] when `limit` passed, and [java.io.IOException] when the
    /// connection is gone or has too many streams.
    Stream open(List<String> protocols, Duration limit) throws IOException;

    /// Payload bytes of all streams so far, as the application sees them.
    Traffic traffic();

    boolean isOpen();

    /// Tells the remote that we leave, then closes; its streams end with an exception.
    @Override
    void close();

    /// Payload bytes, headers excluded.
    record Traffic(long bytesRead, long bytesWritten) {}
}
