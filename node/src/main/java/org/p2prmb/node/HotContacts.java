package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Chooses the contacts whose death we want to hear of at once: our neighbours, those that our
/// owner named, those that we handed out last, and those of the best reputation.
///
/// Safe for many threads.
final class HotContacts {
    private static final int HANDED_OUT_MAX = 32;
    private static final int CONTACTS_LOOKED_AT = 1_000;

    /// A contact that is not hot takes the place of a hot one only when it is better by this much.
    private static final double BETTER = 0.05;

    private final ContactBook book;
    private final Supplier<List<PeerId>> neighbours;
    private final Predicate<PeerId> mayBeHot;
    private final int neighboursMax;
    private final int max;
    private final LinkedHashSet<PeerId> handedOut = new LinkedHashSet<>();
    private Set<PeerId> hot = Set.of();

    /// @param mayBeHot false for the dead, and for agents that do not speak the protocol
    /// @param neighboursMax of the neighbours, those that we have wanted to have
    HotContacts(
            ContactBook book,
            Supplier<List<PeerId>> neighbours,
            Predicate<PeerId> mayBeHot,
            int neighboursMax,
            int max) {
        this.book = book;
        this.neighbours = neighbours;
        this.mayBeHot = mayBeHot;
        this.neighboursMax = neighboursMax;
        this.max = max;
    }

    /// Somebody was given this contact and may come to use it.
    synchronized void handedOut(PeerId peer) {
        handedOut.addLast(peer);
        if (handedOut.size() > HANDED_OUT_MAX) {
            handedOut.removeFirst();
        }
    }

    synchronized Set<PeerId> current() {
        return hot;
    }

    /// Chooses anew.
    synchronized Set<PeerId> choose() {
        var living =
                book.all(CONTACTS_LOOKED_AT).stream()
                        .filter(contact -> !contact.hidden() && !contact.addresses().isEmpty())
                        .filter(contact -> mayBeHot.test(contact.peer()))
                        .toList();
        var chosen = new LinkedHashSet<PeerId>();
        neighbours.get().stream()
                .filter(peer -> mayBeHot.test(peer))
                .limit(neighboursMax)
                .forEach(chosen::add);
        living.stream()
                .filter(contact -> !contact.name().isEmpty())
                .map(Contact::peer)
                .forEach(chosen::add);
        handedOut.reversed().forEach(peer -> addLiving(peer, living, chosen));
        living.stream()
                .sorted(Comparator.comparingDouble(this::worth).reversed())
                .map(Contact::peer)
                .forEach(chosen::add);
        hot = chosen.stream().limit(max).collect(Collectors.toUnmodifiableSet());
        return hot;
    }

    private static void addLiving(PeerId peer, List<Contact> living, Set<PeerId> chosen) {
        if (living.stream().anyMatch(contact -> contact.peer().equals(peer))) {
            chosen.add(peer);
        }
    }

    private double worth(Contact contact) {
        return contact.reputation() + (hot.contains(contact.peer()) ? BETTER : 0);
    }
}
