package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /// Tells which contacts are known to be alive.
    public interface ProofOfLife {
        /// Those of `peers` that are not believed dead; nobody is asked.
        Set<PeerId> notDead(List<PeerId> peers);

        /// Those of `peers` that live. All that must be asked are asked at once, and nobody is
        /// when `enough` are known to live already.
        Set<PeerId> living(List<PeerId> peers, int enough) throws InterruptedException;
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
    public Optional<SignedContact> own(SearchCondition condition) {
        return Optional.of(own.get()).filter(self -> condition.matches(self.record()));
    }

    @Override
    public List<SignedContact> find(SearchCondition condition, int max, boolean living)
            throws InterruptedException {
        var self = own.get().peer();
        Map<PeerId, SignedContact> fitting = new LinkedHashMap<>();
        for (var contact : candidates(condition, max * CANDIDATES_PER_RESULT)) {
            if (!contact.peer().equals(self)) {
                fitting(contact, condition)
                        .ifPresent(record -> fitting.put(contact.peer(), record));
            }
        }
        var peers = List.copyOf(fitting.keySet());
        var chosen = living ? proofOfLife.living(peers, max) : proofOfLife.notDead(peers);
        return fitting.entrySet().stream()
                .filter(entry -> chosen.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .limit(max)
                .toList();
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
            return Optional.of(record)
                    .filter(signed -> !signed.record().isExpired(clock.instant()))
                    .filter(signed -> condition.matches(signed.record()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }
}
