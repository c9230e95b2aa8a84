package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Where the peers that a host is, or lately was, connected with can be dialled.
///
/// ```
/// UNKNOWN -- connected --> CONNECTED -- last connection lost --> GONE -- 15 minutes --> UNKNOWN
///                          <= 64 claims    <-- connected --    <= 20 addresses, 2 KiB
/// ```
///
/// Nobody is entered by what others say of it: a peer speaks for itself, over a connection that
/// proved who it is. What it signed replaces what it only claimed, and a newer record the older
/// one, with all of its addresses. Safe for many threads.
@Pure
final class AddressBook {
    /// Addresses that a connected peer claims; identify keeps no more.
    static final int CLAIMS_MAX = 64;

    /// Addresses that we have reached it at, the last first.
    static final int REACHED_MAX = 4;

    /// Addresses of a peer that is gone.
    static final int GONE_ADDRESSES_MAX = 20;

    /// What these take in all, encoded, which is how they are kept.
    static final int GONE_BYTES_MAX = 2_048;

    /// How long they are kept.
    static final Duration GONE_MAX = Duration.ofMinutes(15);

    /// Peers that are gone; whoever has been for longest is forgotten first. The connected are as
    /// many as there are connections.
    static final int GONE_PEERS_MAX = 4_096;

    private static final class Entry {
        private int connections;
        private List<Multiaddr> reached = List.of();
        private List<Multiaddr> claims = List.of();

        /// Of the record that they are from; null when nothing is signed.
        private @Nullable Long sequence;

        List<Multiaddr> addresses() {
            return Stream.concat(reached.stream(), claims.stream()).distinct().toList();
        }
    }

    private record Gone(List<Bytes> encoded, @Nullable Long sequence, Instant since) {
        List<Multiaddr> addresses() {
            return encoded.stream().map(Multiaddr::decodeKnown).flatMap(Optional::stream).toList();
        }

        boolean expired(Instant now) {
            return !now.isBefore(since.plus(GONE_MAX));
        }
    }

    private final Map<PeerId, Entry> connected = new HashMap<>();

    /// In the order in which they went.
    private final SequencedMap<PeerId, Gone> gone = new LinkedHashMap<>();

    /// One more connection with `peer`; `dialled` is the address if we made it.
    synchronized void connected(PeerId peer, Optional<Multiaddr> dialled) {
        var before = gone.remove(peer);
        var entry = connected.computeIfAbsent(peer, _ -> remembered(before));
        entry.connections++;
        dialled.ifPresent(address -> entry.reached = first(address, entry.reached));
    }

    private static Entry remembered(@Nullable Gone before) {
        var entry = new Entry();
        if (before != null) {
            entry.claims = before.addresses();
            entry.sequence = before.sequence();
        }
        return entry;
    }

    private static List<Multiaddr> first(Multiaddr address, List<Multiaddr> others) {
        var all = new ArrayList<Multiaddr>();
        all.add(address);
        others.stream().filter(other -> !other.equals(address)).forEach(all::add);
        return List.copyOf(all.subList(0, Math.min(REACHED_MAX, all.size())));
    }

    /// A connected peer says where it can be dialled; of one that has gone nothing is taken in.
    synchronized void identified(PeerInfo info) {
        var entry = connected.get(info.peer());
        if (entry == null) {
            return;
        }
        var record = info.signedRecord();
        var known = entry.sequence;
        if (known != null
                && (record == null || Long.compareUnsigned(known, record.sequence()) > 0)) {
            return; // A claim against a signature, or an older signature.
        }
        entry.sequence = record == null ? null : record.sequence();
        entry.claims = info.listenAddresses().stream().limit(CLAIMS_MAX).toList();
    }

    /// One connection with `peer` less.
    synchronized void disconnected(Instant now, PeerId peer) {
        var entry = connected.get(peer);
        if (entry == null || --entry.connections > 0) {
            return;
        }
        connected.remove(peer);
        var kept = kept(entry.addresses());
        if (!kept.isEmpty()) {
            gone.put(peer, new Gone(kept, entry.sequence, now));
        }
        forget(now);
    }

    private static List<Bytes> kept(List<Multiaddr> addresses) {
        var kept = new ArrayList<Bytes>();
        var left = GONE_BYTES_MAX;
        for (var address : addresses) {
            var encoded = address.encoded();
            if (kept.size() < GONE_ADDRESSES_MAX && encoded.size() <= left) {
                kept.add(encoded);
                left -= encoded.size();
            }
        }
        return List.copyOf(kept);
    }

    private void forget(Instant now) {
        while (!gone.isEmpty()
                && (gone.size() > GONE_PEERS_MAX || gone.firstEntry().getValue().expired(now))) {
            gone.pollFirstEntry();
        }
    }

    /// Where `peer` can be dialled, what was reached before first; nothing when it is not known.
    synchronized List<Multiaddr> addresses(Instant now, PeerId peer) {
        forget(now);
        var entry = connected.get(peer);
        if (entry != null) {
            return entry.addresses();
        }
        var before = gone.get(peer);
        return before == null ? List.of() : before.addresses();
    }

    /// Peers that are known, connected or not.
    synchronized int size() {
        return connected.size() + gone.size();
    }
}
