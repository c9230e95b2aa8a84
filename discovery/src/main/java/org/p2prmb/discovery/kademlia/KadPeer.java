package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// A peer as the DHT passes it on: who, where in the key space, and where it is said to be reached.
///
/// Its [Key] and the IP groups of its addresses are worked out once, when first asked for: most
/// peers that an answer names are never compared with any other.
@Pure
public final class KadPeer {
    public static final int ADDRESSES_MAX = 16;

    private final PeerId id;
    private final List<Multiaddr> addresses;
    private @Nullable Key key;
    private long @Nullable [] groups;

    private KadPeer(PeerId id, @Nullable Key key, List<Multiaddr> addresses) {
        this.id = id;
        this.key = key;
        this.addresses = addresses;
    }

    /// @param addresses a claim of whoever named them; those beyond [#ADDRESSES_MAX] are left out
    public static KadPeer of(PeerId id, List<Multiaddr> addresses) {
        return new KadPeer(id, null, limited(addresses));
    }

    private static List<Multiaddr> limited(List<Multiaddr> addresses) {
        return List.copyOf(addresses.subList(0, Math.min(addresses.size(), ADDRESSES_MAX)));
    }

    public PeerId id() {
        return id;
    }

    /// Safe for many threads: at worst each of them works it out.
    public Key key() {
        var known = key;
        if (known == null) {
            known = Key.of(id);
            key = known;
        }
        return known;
    }

    public List<Multiaddr> addresses() {
        return addresses;
    }

    /// The [IpGroup]s of the addresses; nobody writes to them. For the machine's thread alone.
    long[] groups() {
        var known = groups;
        if (known == null) {
            known = IpGroup.of(addresses);
            groups = known;
        }
        return known;
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
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id.shortText() + addresses;
    }
}
