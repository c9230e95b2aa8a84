package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Makes watchers and holders known to each other, by signed contact records of our book.
final class Introductions {
    /// Agents whose addresses are at hand before the book has written them.
    private static final int FRESH_MAX = 512;

    /// Introductions that are believed of one peer; the rest is ignored.
    private static final int BELIEVED_PER_SECOND = 1;

    private static final int BELIEVED_BURST = 32;

    /// Of a frame, for what is around the records.
    private static final int OVERHEAD_BYTES = 64;

    /// Of each record, for its tag and length.
    private static final int RECORD_OVERHEAD_BYTES = 4;

    private final PeerId self;
    private final ContactBook book;
    private final OwnRecord own;
    private final ContactIntake intake;
    private final InstantSource clock;
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(BELIEVED_PER_SECOND, BELIEVED_BURST);
    private final SequencedMap<PeerId, List<Multiaddr>> fresh = new LinkedHashMap<>();

    Introductions(
            PeerId self,
            ContactBook book,
            OwnRecord own,
            ContactIntake intake,
            InstantSource clock) {
        this.self = self;
        this.book = book;
        this.own = own;
        this.intake = intake;
        this.clock = clock;
    }

    /// The records of those of `peers` that we have, in as few frames as hold them.
    List<AliveFrame.Introduction> of(List<PeerId> peers) {
        var frames = new ArrayList<AliveFrame.Introduction>();
        var records = new ArrayList<SignedContact>();
        var room = AliveFrame.BYTES_MAX - OVERHEAD_BYTES;
        for (var peer : peers) {
            var record = record(peer);
            var size = record.map(r -> r.envelope().size() + RECORD_OVERHEAD_BYTES).orElse(0);
            if (record.isEmpty() || size > AliveFrame.BYTES_MAX - OVERHEAD_BYTES) {
                continue;
            }
            if (size > room || records.size() == Lease.WATCHERS_MAX) {
                frames.add(new AliveFrame.Introduction(records));
                records.clear();
                room = AliveFrame.BYTES_MAX - OVERHEAD_BYTES;
            }
            records.add(record.get());
            room -= size;
        }
        if (!records.isEmpty()) {
            frames.add(new AliveFrame.Introduction(records));
        }
        return frames;
    }

    private Optional<SignedContact> record(PeerId peer) {
        if (peer.equals(self)) {
            return Optional.of(own.current());
        }
        var contact = book.find(peer).filter(known -> known.record().size() > 0);
        if (contact.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SignedContact.open(contact.get().record()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }

    /// Files the records; returns whose they are, ourselves excepted. None are believed of a peer
    /// that introduces too many.
    List<PeerId> learn(AliveFrame.Introduction introduction, Connection over) {
        if (!mayIntroduce(over.remotePeer())) {
            return List.of();
        }
        intake.learn(introduction.records(), over);
        var peers = new ArrayList<PeerId>();
        for (var record : introduction.records()) {
            if (!record.peer().equals(self)) {
                var contact =
                        ContactIntake.contact(record, ContactIntake.scope(over), clock.instant());
                note(record.peer(), contact.addresses());
                peers.add(record.peer());
            }
        }
        return peers;
    }

    private synchronized boolean mayIntroduce(PeerId peer) {
        return buckets.take(peer, clock.instant());
    }

    /// Remembers for a while where an agent is said to be.
    synchronized void note(PeerId peer, List<Multiaddr> addresses) {
        fresh.putLast(peer, addresses.stream().limit(Contact.ADDRESSES_MAX).toList());
        if (fresh.size() > FRESH_MAX) {
            fresh.pollFirstEntry();
        }
    }

    /// Where the agent can be dialled, for all we know.
    List<Multiaddr> addresses(PeerId peer) {
        var known = book.find(peer).map(Contact::addresses).orElse(List.of());
        return known.isEmpty() ? fresh(peer) : known;
    }

    private synchronized List<Multiaddr> fresh(PeerId peer) {
        return fresh.getOrDefault(peer, List.of());
    }
}
