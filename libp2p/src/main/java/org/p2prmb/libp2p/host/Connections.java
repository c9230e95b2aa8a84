package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections of a host that are open, in the order in which they were made.
///
/// Bounded by the host's resource limits. Two peers that dial each other at the same time have two
/// connections for a while: both prefer the one that the peer with the smaller id dialled, and
/// [ConnectionSweep] closes the other once nobody uses it.
final class Connections {
    private final ConcurrentNavigableMap<Long, HostConnection> all = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<PeerId, List<HostConnection>> byPeer = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final PeerId self;

    Connections(PeerId self) {
        this.self = self;
    }

    /// True when of two connections between them the one that `one` dialled is preferred.
    static boolean precedes(PeerId one, PeerId other) {
        return one.compareTo(other) < 0;
    }

    /// Whether both sides choose `connection` when there is one of each direction.
    private boolean isPreferred(HostConnection connection) {
        var remote = connection.remotePeer();
        return connection.outbound() ? precedes(self, remote) : precedes(remote, self);
    }

    void add(HostConnection connection) {
        all.put(connection.serial(), connection);
        count.incrementAndGet();
        byPeer.merge(connection.remotePeer(), List.of(connection), this::joined);
    }

    /// False when it was not there.
    boolean remove(HostConnection connection) {
        if (all.remove(connection.serial()) == null) {
            return false;
        }
        count.decrementAndGet();
        byPeer.computeIfPresent(
                connection.remotePeer(),
                (_, before) -> {
                    var rest = before.stream().filter(other -> !other.equals(connection)).toList();
                    return rest.isEmpty() ? null : rest;
                });
        if (all.isEmpty()) {
            wakeWhoAwaitsNone();
        }
        return true;
    }

    private synchronized void wakeWhoAwaitsNone() {
        notifyAll();
    }

    /// Waits until the last connection is gone; false when that took longer than `limit`.
    synchronized boolean awaitNone(Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        while (!all.isEmpty()) {
            var left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private List<HostConnection> joined(List<HostConnection> before, List<HostConnection> added) {
        var joined = new ArrayList<>(before);
        joined.addAll(added);
        // Stable: those of one direction stay in the order in which they were made.
        joined.sort(Comparator.comparing(connection -> !isPreferred(connection)));
        return List.copyOf(joined);
    }

    List<Connection> all() {
        return List.copyOf(all.values());
    }

    List<HostConnection> every() {
        return List.copyOf(all.values());
    }

    int size() {
        return count.get();
    }

    /// Those on which a stream can be opened, the preferred first.
    List<Connection> with(PeerId peer) {
        return usable(peer).stream().map(Connection.class::cast).toList();
    }

    /// Limited ones only if there are no others.
    private List<HostConnection> usable(PeerId peer) {
        var open =
                byPeer.getOrDefault(peer, List.of()).stream()
                        .filter(HostConnection::takesStreams)
                        .toList();
        var unlimited = open.stream().filter(connection -> !connection.limit().limits()).toList();
        return unlimited.isEmpty() ? open : unlimited;
    }

    /// The first on which a stream can be opened; it counts as used now, so that it stays until
    /// the caller has opened one.
    Optional<Connection> preferred(PeerId peer) {
        for (var connection : usable(peer)) {
            if (connection.touch()) {
                return Optional.of(connection);
            }
        }
        return Optional.empty();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }
}
