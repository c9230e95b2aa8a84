package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The lookup in our own record and our contact book: first those who answered this very condition
/// before, then all with its tag, each evaluated again against the exact criteria.
public final class BookLookup implements ContactLookup {
    /// How many contacts are looked at for each that is wanted.
    private static final int CANDIDATES_PER_RESULT = 4;

    private final Supplier<SignedContact> own;
    private final ContactBook book;
    private final ProofOfLife proofOfLife;
    private final InstantSource clock;

    /// Tells whether a contact is known to be alive.
    @FunctionalInterface
    public interface ProofOfLife {
        /// Waits for a ping if need be.
        boolean isAlive(PeerId peer) throws InterruptedException;
    }

    public BookLookup(
            Supplier<SignedContact> own,
            ContactBook book,
            ProofOfLife proofOfLife,
            InstantSource clock) {
        this.own = own;
        this.book = book;
        this.proofOfLife = proofOfLife;
        this.clock = clock;
    }

    @Override
    public List<SignedContact> find(SearchCondition condition, int max)
            throws InterruptedException {
        var found = new ArrayList<SignedContact>();
        var self = own.get();
        if (condition.matches(self.record())) {
            found.add(self);
        }
        for (var contact : candidates(condition, max * CANDIDATES_PER_RESULT)) {
            if (found.size() >= max) {
                break;
            }
            var record = fitting(contact, condition);
            if (record.isPresent()
                    && !contact.peer().equals(self.peer())
                    && proofOfLife.isAlive(contact.peer())) {
                found.add(record.get());
            }
        }
        return found;
    }

    private Iterable<Contact> candidates(SearchCondition condition, int max) {
        Map<PeerId, Contact> candidates = new LinkedHashMap<>();
        for (var contact : book.forCondition(condition.conditionKey(), max)) {
            candidates.putIfAbsent(contact.peer(), contact);
        }
        for (var contact : book.withTag(condition.tag(), max)) {
            candidates.putIfAbsent(contact.peer(), contact);
        }
        return candidates.values();
    }

    private Optional<SignedContact> fitting(Contact contact, SearchCondition condition) {
        if (contact.record().size() == 0 || !clock.instant().isBefore(contact.expiresAt())) {
            return Optional.empty();
        }
        try {
            var record = SignedContact.open(contact.record());
            return Optional.of(record).filter(signed -> condition.matches(signed.record()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }
}
