package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.Optional;

/// What a relay is asked on `/libp2p/circuit/relay/0.2.0/hop`, and what it answers.
sealed interface HopMessage {
    /// Asks for a place at which others may call us.
    record Reserve() implements HopMessage {}

    /// Asks for a circuit to `peer`.
    record Connect(PeerId peer) implements HopMessage {}

    /// The answer to either.
    ///
    /// @param reservation with a granted [Reserve]
    record Answer(RelayStatus status, Optional<Reservation> reservation, CircuitLimit limit)
            implements HopMessage {
        static Answer of(RelayStatus status) {
            return new Answer(status, Optional.empty(), CircuitLimit.NONE);
        }
    }
}
