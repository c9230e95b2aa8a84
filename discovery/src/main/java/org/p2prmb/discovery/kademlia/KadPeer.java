package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// A peer as the DHT passes it on: who, where in the key space, and where it is said to be reached.
///
/// Knows its [Key] and the IP groups of its addresses, so that they are worked out once and not for
/// each comparison.
@Pure
public final class KadPeer {
    public static final int ADDRESSES_MAX = 16;

    private final PeerId id;
    private final Key key;
    private final List<Multiaddr> addresses;
    private final long[] groups;

    private KadPeer(PeerId id, Key key, List<Multiaddr> addresses) {
        this.id = id;
        this.key = key;
        this.addresses = addresses;
        this.groups = IpGroup.of(addresses);
    }

    /// @param addresses a claim of whoever named them; those beyond [#ADDRESSES_MAX] are left out
    public static KadPeer of(PeerId id, List<Multiaddr> addresses) {
        return new KadPeer(id, Key.of(id), limited(addresses));
    }

    private static List<Multiaddr> limited(List<Multiaddr> addresses) {
        return List.copyOf(addresses.subList(0, Math.min(addresses.size(), ADDRESSES_MAX)));
    }

    public PeerId id() {
        return id;
    }

    public Key key() {
        return key;
    }

    public List<Multiaddr> addresses() {
        return addresses;
    }

    /// The [IpGroup]s of the addresses; nobody writes to them.
    long[] groups() {
        return groups;
    }

    public KadPeer withAddresses(List<Multiaddr> changed) {
        return new KadPeer(id, key, limited(changed));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KadPeer peer
                && id.equals(peer.id)
                && addresses.equals(peer.addresses);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return id.shortText() + addresses;
    }
}
