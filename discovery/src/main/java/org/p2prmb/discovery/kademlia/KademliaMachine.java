package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// One peer's part of the DHT: its routing table, what it keeps for others, and its own look-ups.
///
/// Each [Action.Ask] is to be followed by [Event.Response] or [Event.Failed] with its number; one
/// that is not counts as failed after [KademliaConfig#requestLimit]. Numbers of queries and tokens
/// of requests are the caller's.
public final class KademliaMachine
        implements Machine<KademliaMachine.Event, KademliaMachine.Action> {
    private final Node node;

    public KademliaMachine(
            PeerId self, KademliaConfig config, Validators validators, RandomGenerator random) {
        this.node = new Node(self, config, validators, random);
    }

    public sealed interface Event {
        /// @param remembered the peers of the table that an earlier run kept
        record Started(List<KadPeer> remembered) implements Event {
            public Started {
                remembered = List.copyOf(remembered);
            }
        }

        /// We are reached at these addresses from now on.
        record Listening(List<Multiaddr> addresses) implements Event {
            public Listening {
                addresses = List.copyOf(addresses);
            }
        }

        /// A connected peer said what it is.
        ///
        /// @param server whether it serves the protocol
        record PeerSeen(KadPeer peer, boolean server) implements Event {}

        /// The last connection with that peer is gone.
        record PeerLost(PeerId peer) implements Event {}

        /// A peer asks us; answer it with [Action.Reply] or [Action.Refuse], or not at all when
        /// [KadMessage#hasResponse] is false.
        record Request(PeerId from, KadMessage message, long token) implements Event {}

        /// @param over the remote end of the connection that the answer came over
        record Response(long requestId, KadMessage message, Multiaddr over) implements Event {}

        record Failed(long requestId) implements Event {}

        /// Find a peer and its addresses.
        record FindPeer(long queryId, PeerId peer) implements Event {}

        /// Find the peers nearest to a key.
        record FindNode(long queryId, Bytes key) implements Event {}

        /// Find the best value under a key.
        record Get(long queryId, Bytes key) implements Event {}

        /// Store a value on the peers nearest to its key, now and again before it expires there.
        record Put(long queryId, Bytes key, Bytes value) implements Event {}

        /// Tell the peers nearest to a key that we have what it names, now and again before they
        /// forget.
        record Provide(long queryId, Bytes key) implements Event {}

        /// Find those who have what a key names, at most `max`.
        record FindProviders(long queryId, Bytes key, int max) implements Event {}

        /// Publish the value or provide the key no longer; what others keep expires by itself.
        record Withdraw(Bytes key) implements Event {}
    }

    public sealed interface Action {
        /// Send a request, dialling the peer at its addresses when it is not connected.
        record Ask(long requestId, KadPeer to, KadMessage message) implements Action {}

        /// Send a message that has no response.
        record Tell(KadPeer to, KadMessage message) implements Action {}

        record Reply(long token, KadMessage message) implements Action {}

        /// Reset the stream of that request.
        record Refuse(long token, String reason) implements Action {}

        record QueryDone(long queryId, Found found) implements Action {}

        /// Keep these peers of the table for the next run.
        record Remember(List<KadPeer> peers) implements Action {
            public Remember {
                peers = List.copyOf(peers);
            }
        }
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var actions = new ArrayList<Action>(4);
        node.on(now, event, actions);
        return actions;
    }

    @Override
    public List<Action> tick(Instant now) {
        var actions = new ArrayList<Action>(4);
        node.tick(now, actions);
        return actions;
    }

    @Override
    public Instant nextTick() {
        return node.nextTick();
    }
}
