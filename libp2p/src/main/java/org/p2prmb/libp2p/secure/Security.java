package org.p2prmb.libp2p.secure;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;

/// A way for the two ends of a raw channel to prove who they are and to encrypt what follows.
///
/// One for each host, used by all of its connections at once. The caller bounds the time and
/// closes the channel on failure.
public interface Security {
    /// Its name in multistream-select.
    String protocol();

    /// Begins a handshake as the dialer of `expected`.
    Initiation initiate(PeerId expected) throws IOException;

    /// The listener's side; `expected` only when we know who must be calling.
    SecureChannel respond(RawChannel channel, ChannelInput input, @Nullable PeerId expected)
            throws IOException;

    /// A handshake whose first message waits to be sent, so that it can share a packet.
    interface Initiation {
        byte[] firstMessage();

        /// Goes on after the first message was sent. Throws
        /// [org.p2prmb.libp2p.core.ProtocolException] when the remote does not prove to be the
        /// peer that we dialled.
        SecureChannel finish(RawChannel channel, ChannelInput input) throws IOException;
    }
}
