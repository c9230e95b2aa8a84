package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Which peers speak `/rmb/alive/1.0.0`, as they said themselves.
final class AliveSpeakers implements HostListener {
    /// Peers without a connection of whom we remember that they do not.
    private static final int STRANGERS_MAX = 1_024;

    private final Host host;
    private final Map<PeerId, Boolean> connected = new HashMap<>();
    private final LinkedHashSet<PeerId> strangers = new LinkedHashSet<>();

    AliveSpeakers(Host host) {
        this.host = host;
    }

    @Override
    public synchronized void identified(Connection connection, PeerInfo info) {
        var peer = connection.remotePeer();
        if (!host.connections(peer).contains(connection)) {
            return; // It has gone again, and its going was told before.
        }
        var speaks = info.protocols().contains(AliveFrame.PROTOCOL);
        connected.put(peer, speaks);
        strangers.remove(peer);
        if (!speaks) {
            strangers.addLast(peer);
            if (strangers.size() > STRANGERS_MAX) {
                strangers.removeFirst();
            }
        }
        notifyAll();
    }

    @Override
    public synchronized void disconnected(Connection connection) {
        if (host.connections(connection.remotePeer()).isEmpty()) {
            connected.remove(connection.remotePeer());
        }
    }

    /// Whether the connected peer speaks it, as soon as it said so; true when it says nothing
    /// within `limit`.
    synchronized boolean await(PeerId peer, Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        for (var left = limit.toNanos(); !connected.containsKey(peer) && left > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        return connected.getOrDefault(peer, true);
    }

    /// Whether the peer is connected and speaks it.
    synchronized boolean speaks(PeerId peer) {
        return connected.getOrDefault(peer, false);
    }

    /// Whether the peer, connected or not, said last that it does not speak it.
    synchronized boolean isStranger(PeerId peer) {
        return strangers.contains(peer);
    }
}
