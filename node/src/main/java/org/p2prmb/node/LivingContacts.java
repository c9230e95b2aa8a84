package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.search.BookLookup;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The contacts as they are handed out: none that is believed dead or doubted, and none unseen for
/// long without being asked for a sign of life first.
final class LivingContacts implements BookLookup.ProofOfLife {
    /// A contact is handed out unasked when its last proof of life is younger than this.
    private static final Duration VERIFIED_FOR = Duration.ofSeconds(60);

    private static final Duration VERIFY_LIMIT = Duration.ofSeconds(3);

    private final ContactBook book;
    private final Liveness liveness;
    private final InstantSource clock;

    LivingContacts(ContactBook book, Liveness liveness, InstantSource clock) {
        this.book = book;
        this.liveness = liveness;
        this.clock = clock;
    }

    /// Best first.
    List<LivingContact> list(int max) throws InterruptedException {
        var silent =
                book.all(max).stream()
                        .filter(contact -> isHandedOut(contact) && !isFresh(contact))
                        .map(Contact::peer)
                        .toList();
        var answered = liveness.verify(silent, VERIFY_LIMIT);
        var listed = new ArrayList<LivingContact>();
        for (var contact : book.all(max)) {
            if (isHandedOut(contact)) {
                var alive = isFresh(contact) || answered.contains(contact.peer());
                listed.add(new LivingContact(contact, alive));
            }
        }
        return listed;
    }

    @Override
    public Set<PeerId> notDead(List<PeerId> peers) {
        return peers.stream()
                .filter(peer -> book.find(peer).filter(this::isHandedOut).isPresent())
                .collect(Collectors.toSet());
    }

    /// Those of `peers` that live. The silent are asked for a sign of life, all at once, unless
    /// `enough` others gave one lately.
    @Override
    public Set<PeerId> living(List<PeerId> peers, int enough) throws InterruptedException {
        var living = new HashSet<PeerId>();
        var silent = new ArrayList<PeerId>();
        for (var peer : peers) {
            var fresh = book.find(peer).filter(this::isHandedOut).filter(this::isFresh);
            (fresh.isPresent() ? living : silent).add(peer);
        }
        if (living.size() < enough && !silent.isEmpty()) {
            living.addAll(liveness.verify(silent, VERIFY_LIMIT));
        }
        living.forEach(liveness::handedOut);
        return living;
    }

    private boolean isHandedOut(Contact contact) {
        return !contact.hidden() && !liveness.isSilent(contact.peer());
    }

    private boolean isFresh(Contact contact) {
        return contact.lastProofOfLife().plus(VERIFIED_FOR).isAfter(clock.instant());
    }
}
