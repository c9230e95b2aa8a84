package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;

import java.time.Instant;

/// A request that passed every check, as its handler sees it.
///
/// @param source the agent or client that signed and sent it
/// @param principal the key in whose name it asks: its own, or its owner's by delegation
/// @param connection on which it came
/// @param deadline by the server's clock; when it passes, the handler's thread is interrupted
public record Call(
        Uid uid,
        PeerId source,
        PublicKey principal,
        Connection connection,
        String command,
        String schema,
        Bytes payload,
        Instant deadline) {}
