package org.p2prmb.node;

import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.discovery.liveness.WatcherKey;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Finds agents that may watch us: those nearest to the day's key, and our neighbours.
final class WatcherCandidates {
    /// Some refuse, some are gone.
    private static final int NAMED_FOR_EACH_WANTED = 3;

    private final Host host;
    private final ContactBook book;
    private final WatcherDirectory directory;
    private final Supplier<List<PeerId>> neighbours;
    private final AliveSpeakers speakers;
    private final Introductions introductions;
    private final boolean exemptLoopback;
    private final InstantSource clock;

    /// @param exemptLoopback whether loopback addresses belong to no IP group
    WatcherCandidates(
            Host host,
            ContactBook book,
            WatcherDirectory directory,
            Supplier<List<PeerId>> neighbours,
            AliveSpeakers speakers,
            Introductions introductions,
            boolean exemptLoopback,
            InstantSource clock) {
        this.host = host;
        this.book = book;
        this.directory = directory;
        this.neighbours = neighbours;
        this.speakers = speakers;
        this.introductions = introductions;
        this.exemptLoopback = exemptLoopback;
        this.clock = clock;
    }

    /// More than `count` of each kind, if there are as many; of each IP group one in all.
    Event.Candidates find(int count) throws InterruptedException {
        var groups = new AddressGroups(exemptLoopback);
        var named = new HashSet<PeerId>();
        named.add(host.peerId());
        var max = count * NAMED_FOR_EACH_WANTED;
        var nearest = nearest(max, groups, named);
        return new Event.Candidates(nearest, mesh(max, groups, named));
    }

    private List<PeerId> nearest(int max, AddressGroups groups, Set<PeerId> named)
            throws InterruptedException {
        var key = WatcherKey.of(host.peerId(), clock.instant());
        var peers = new ArrayList<PeerId>();
        for (var entry : directory.closest(key, max)) {
            var peer = entry.peer();
            if (!named.contains(peer)
                    && mayLive(peer)
                    && !speakers.isStranger(peer)
                    && groups.admit(whereabouts(peer, entry.addresses()))) {
                introductions.note(peer, entry.addresses());
                named.add(peer);
                peers.add(peer);
            }
        }
        return peers;
    }

    private List<PeerId> mesh(int max, AddressGroups groups, Set<PeerId> named) {
        var peers = new ArrayList<>(neighbours.get());
        Collections.shuffle(peers);
        return peers.stream()
                .filter(peer -> speakers.speaks(peer) && !named.contains(peer))
                .filter(peer -> groups.admit(whereabouts(peer, List.of())))
                .limit(max)
                .toList();
    }

    private boolean mayLive(PeerId peer) {
        return book.find(peer).map(contact -> !contact.hidden()).orElse(true);
    }

    /// Where the agent is connected from; when it is not, where it is said to be.
    private List<Multiaddr> whereabouts(PeerId peer, List<Multiaddr> told) {
        var connected = host.connections(peer).stream().map(Connection::remoteAddress).toList();
        if (!connected.isEmpty()) {
            return connected;
        }
        return told.isEmpty() ? book.find(peer).map(Contact::addresses).orElse(List.of()) : told;
    }
}
