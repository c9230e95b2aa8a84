package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;

/// The contacts that we know, in the order in which the DHT would name them.
final class BookDirectory implements WatcherDirectory {
    private static final int CONTACTS_LOOKED_AT = 1_000;

    private final ContactBook book;

    BookDirectory(ContactBook book) {
        this.book = book;
    }

    private record Ranked(Entry entry, Bytes distance) {}

    @Override
    public List<Entry> closest(Bytes key, int max) {
        var target = point(key);
        return book.all(CONTACTS_LOOKED_AT).stream()
                .filter(contact -> !contact.hidden() && !contact.addresses().isEmpty())
                .map(contact -> ranked(contact, target))
                .sorted(Comparator.comparing(Ranked::distance))
                .limit(max)
                .map(Ranked::entry)
                .toList();
    }

    private static Ranked ranked(Contact contact, Bytes target) {
        var distance = point(contact.peer().multihash()).toArray();
        for (int index = 0; index < distance.length; index++) {
            distance[index] ^= target.at(index);
        }
        return new Ranked(new Entry(contact.peer(), contact.addresses()), Bytes.wrap(distance));
    }

    /// Where a key stands in the DHT.
    private static Bytes point(Bytes key) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(key.unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
