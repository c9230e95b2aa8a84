package org.p2prmb.libp2p.secure;

import org.p2prmb.libp2p.core.ProtocolException;

import java.util.List;
import java.util.Optional;

/// How two peers agree on a muxer inside their handshake.
///
/// See the [specification](https://github.com/libp2p/specs/blob/master/connections).
public final class Muxers {
    private Muxers() {}

    /// The initiator's first muxer that the responder has too; empty when a side named none, so
    /// that they negotiate the long way. Throws when both named some and none in common.
    public static Optional<String> common(List<String> initiator, List<String> responder)
            throws ProtocolException {
        if (initiator.isEmpty() || responder.isEmpty()) {
            return Optional.empty();
        }
        var common = initiator.stream().filter(responder::contains).findFirst();
        if (common.isEmpty()) {
            throw new ProtocolException("no muxer in common");
        }
        return common;
    }
}
