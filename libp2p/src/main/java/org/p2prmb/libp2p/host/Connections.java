package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/// The connections of a host that are open, in the order in which they were made.
///
/// Bounded by the host's [ConnectionGate]. Two peers that dial each other at the same time keep
/// both connections: each side may already use the one that the other would close.
final class Connections {
    private final ConcurrentNavigableMap<Long, HostConnection> all = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<PeerId, List<HostConnection>> byPeer = new ConcurrentHashMap<>();

    void add(HostConnection connection) {
        all.put(connection.serial(), connection);
        byPeer.merge(connection.remotePeer(), List.of(connection), Connections::joined);
    }

    /// False when it was not there.
    boolean remove(HostConnection connection) {
        if (all.remove(connection.serial()) == null) {
            return false;
        }
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

    private static List<HostConnection> joined(
            List<HostConnection> before, List<HostConnection> added) {
        var joined = new ArrayList<>(before);
        joined.addAll(added);
        return List.copyOf(joined);
    }

    List<Connection> all() {
        return List.copyOf(all.values());
    }

    List<HostConnection> every() {
        return List.copyOf(all.values());
    }

    /// Those on which a stream can be opened.
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

    /// The oldest on which a stream can be opened; it counts as used now, so that it stays until
    /// the caller has opened one.
    Optional<Connection> oldest(PeerId peer) {
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
