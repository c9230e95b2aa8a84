package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.libp2p.core.Bytes;

/// How an agent answers requests.
@FunctionalInterface
public interface Conduct {
    /// As its machine has it.
    Conduct HONEST = (_, honest) -> KadCodec.encode(honest);

    /// The bytes of the answer to send to agent `asker`; none when it keeps silent.
    ///
    /// @param honest what the agent's machine would answer
    Bytes answer(int asker, KadMessage honest);
}
