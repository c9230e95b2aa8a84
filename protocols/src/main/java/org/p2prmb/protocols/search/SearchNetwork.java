package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;
import java.util.Optional;

/// What a search needs of the agent's network.
public interface SearchNetwork {
    /// An open connection to a peer, if there is one.
    Optional<Connection> connection(PeerId peer);

    /// A connection to a peer, dialled where it is said to be.
    Optional<Connection> reach(PeerId peer) throws InterruptedException;

    /// Asks the provider for a sign of life, two seconds long at most.
    ///
    /// @param toldBy who told the record; we ourselves when we remembered it
    boolean isAlive(SignedContact record, PeerId toldBy) throws InterruptedException;

    /// Agents that the DHT names as providers under this key of 32 bytes.
    List<PeerId> providers(Bytes tagKey, int max) throws InterruptedException;

    /// The tags that we can answer: our own, and those of contacts that not only our owner asked
    /// for.
    List<String> tags();

    /// Our owner's search found these; our filters must not tell that.
    void found(List<PeerId> providers);
}
