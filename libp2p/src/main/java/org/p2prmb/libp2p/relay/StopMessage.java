package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.identity.PeerId;

/// What a relay says on `/libp2p/circuit/relay/0.2.0/stop` to whom it reserved a place, and what
/// that one answers.
sealed interface StopMessage {
    /// Brings a circuit from `peer`.
    record Connect(PeerId peer, CircuitLimit limit) implements StopMessage {}

    record Answer(RelayStatus status) implements StopMessage {}
}
