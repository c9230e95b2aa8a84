package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.libp2p.core.Bytes;

/// How an agent answers requests.
@FunctionalInterface
interface Conduct {
    /// As its machine has it.
    Conduct HONEST = (_, answer) -> answer;

    /// The bytes to send in place of the honest ones.
    ///
    /// @param asker the number of who asked
    Answer answer(int asker, Answer honest);

    /// An answer and what it is on the wire.
    record Answer(KadMessage message, Bytes encoded) {}
}
