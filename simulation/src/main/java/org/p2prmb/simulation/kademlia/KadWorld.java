package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Validators;

import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// What the DHT's part of an agent sees of its scenario.
public interface KadWorld {
    KademliaConfig config();

    Validators validators();

    /// An agent as it is known to the DHT.
    KadPeer peer(int number);

    /// The number of the agent that answers at these addresses under this id; negative when none.
    int reachable(KadPeer peer);

    /// Whom an agent dials to get in.
    Set<Integer> entrances(int agent, RandomGenerator random);

    /// The message with the peers as they are shared by all agents, so that a large network has
    /// room.
    KadMessage shared(KadMessage message);

    /// Whether a connection stays that the DHT does not use.
    boolean keeps(int agent, int peer);

    /// Whether an agent dials its entrances again though it got in.
    boolean insists(int agent);

    /// An agent asks a peer.
    void asks(int agent, KadPeer to);

    /// A query of an agent has come to an end.
    void ended(int agent, long queryId, Found found);

    /// An agent keeps these peers for its next run.
    void remembers(List<KadPeer> peers);
}
