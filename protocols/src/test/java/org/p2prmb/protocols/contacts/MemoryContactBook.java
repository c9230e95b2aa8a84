package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A contact book in memory, in the order in which contacts came; it does not look at clocks.
public final class MemoryContactBook implements ContactBook {
    private final Map<PeerId, Contact> contacts = new LinkedHashMap<>();
    private final Map<Bytes, Set<PeerId>> conditions = new LinkedHashMap<>();

    @Override
    public synchronized void remember(List<Contact> batch) {
        for (var contact : batch) {
            var known = contacts.get(contact.peer());
            if (known == null || known.sequence() < contact.sequence()) {
                contacts.put(contact.peer(), contact);
            }
        }
    }

    @Override
    public synchronized Optional<Contact> find(PeerId peer) {
        return Optional.ofNullable(contacts.get(peer));
    }

    @Override
    public synchronized Optional<Contact> named(String name) {
        return contacts.values().stream().filter(c -> c.name().equals(name)).findFirst();
    }

    @Override
    public synchronized List<Contact> withTag(String tag, int max) {
        return contacts.values().stream()
                .filter(contact -> !contact.hidden() && contact.tags().contains(tag))
                .limit(max)
                .toList();
    }

    @Override
    public synchronized List<Contact> all(int max) {
        return contacts.values().stream().limit(max).toList();
    }

    private static Contact with(
            Contact c, Instant alive, boolean hidden, double reputation, String name) {
        return new Contact(
                c.peer(),
                c.record(),
                c.sequence(),
                c.addresses(),
                c.tags(),
                reputation,
                alive,
                hidden,
                c.expiresAt(),
                name);
    }

    private void change(PeerId peer, UnaryOperator<Contact> change) {
        contacts.computeIfPresent(peer, (key, contact) -> change.apply(contact));
    }

    @Override
    public synchronized void proofOfLife(PeerId peer, Instant when) {
        change(peer, c -> with(c, when, false, c.reputation(), c.name()));
    }

    @Override
    public synchronized void rate(PeerId peer, double reputation) {
        change(peer, c -> with(c, c.lastProofOfLife(), c.hidden(), reputation, c.name()));
    }

    @Override
    public synchronized void updateScores(Map<PeerId, Double> scores) {
        scores.forEach(this::rate);
    }

    @Override
    public synchronized void hide(PeerId peer) {
        change(peer, c -> with(c, c.lastProofOfLife(), true, c.reputation(), c.name()));
    }

    @Override
    public synchronized void unreachable(PeerId peer) {
        change(peer, c -> with(c, Instant.EPOCH, c.hidden(), c.reputation(), c.name()));
        conditions.values().forEach(peers -> peers.remove(peer));
    }

    @Override
    public synchronized void drop(PeerId peer) {
        contacts.remove(peer);
        conditions.values().forEach(peers -> peers.remove(peer));
    }

    @Override
    public synchronized void name(PeerId peer, String name) {
        change(peer, c -> with(c, c.lastProofOfLife(), c.hidden(), c.reputation(), name));
    }

    @Override
    public synchronized int size() {
        return contacts.size();
    }

    @Override
    public synchronized void rememberCondition(Bytes conditionKey, PeerId peer, Instant until) {
        conditions.computeIfAbsent(conditionKey, key -> new LinkedHashSet<>()).add(peer);
    }

    @Override
    public synchronized List<Contact> forCondition(Bytes conditionKey, int max) {
        var found = new ArrayList<Contact>();
        for (var peer : conditions.getOrDefault(conditionKey, Set.of())) {
            find(peer).filter(contact -> !contact.hidden()).ifPresent(found::add);
        }
        return found.subList(0, Math.min(max, found.size()));
    }
}
