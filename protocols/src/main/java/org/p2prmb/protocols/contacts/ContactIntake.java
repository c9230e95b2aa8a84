package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The way by which other agents' records come into our contact book.
///
/// An address on a loopback, private or link-local network is kept only when the connection that
/// told it is on that network, so that nobody makes us dial into networks that they do not see.
public final class ContactIntake {
    private final PeerId self;
    private final ContactBook book;
    private final InstantSource clock;
    private volatile Witness witness = (_, _, _) -> {};

    /// Hears of an agent that signed two different records of one sequence, which no honest one
    /// does.
    @FunctionalInterface
    public interface Witness {
        /// @param first the envelope that we knew
        /// @param second the one that came now
        void contradicted(PeerId peer, Bytes first, Bytes second);
    }

    public ContactIntake(PeerId self, ContactBook book, InstantSource clock) {
        this.self = self;
        this.book = book;
        this.clock = clock;
    }

    /// Who hears of contradictions from now on.
    public void tell(Witness changed) {
        witness = changed;
    }

    /// Remembers the records that came over `toldOver`; our own is left out.
    public void learn(List<SignedContact> records, Connection toldOver) {
        learn(records, scope(toldOver), clock.instant());
    }

    /// Remembers the records, and that they answered the search with this condition key; those that
    /// may answer none any more are left out.
    public void learn(List<SignedContact> records, Bytes conditionKey, Connection toldOver) {
        var now = clock.instant();
        var valid = records.stream().filter(signed -> !signed.record().isExpired(now)).toList();
        for (var contact : learn(valid, scope(toldOver), now)) {
            book.rememberCondition(conditionKey, contact.peer(), contact.expiresAt());
        }
    }

    private List<Contact> learn(List<SignedContact> records, AddressScope scope, Instant now) {
        var contacts = new ArrayList<Contact>();
        for (var record : records) {
            if (!record.peer().equals(self)) {
                compare(record);
                contacts.add(contact(record, scope, now));
            }
        }
        if (!contacts.isEmpty()) {
            book.remember(contacts);
        }
        return contacts;
    }

    private void compare(SignedContact told) {
        var known = book.find(told.peer()).orElse(null);
        if (known != null
                && known.sequence() == told.record().sequence()
                && known.record().size() > 0
                && !known.record().equals(told.envelope())) {
            witness.contradicted(told.peer(), known.record(), told.envelope());
        }
    }

    /// A newcomer's entry, with the addresses that may be dialled when the record was told over a
    /// connection of this scope.
    public static Contact contact(SignedContact signed, AddressScope toldOver, Instant now) {
        var record = signed.record();
        return Contact.newcomer(
                record.peer(),
                signed.envelope(),
                record.sequence(),
                record.addresses().stream()
                        .filter(address -> reachable(address, toldOver))
                        .toList(),
                record.offerings().stream().map(Offering::tag).distinct().toList(),
                now.plus(record.ttl()));
    }

    /// Names have no scope of their own: the dialler looks at what they resolve to.
    private static boolean reachable(Multiaddr address, AddressScope toldOver) {
        return address.scope().map(toldOver::atMostAsWideAs).orElse(true);
    }

    /// The network that a connection is on.
    public static AddressScope scope(Connection connection) {
        return connection.remoteAddress().scope().orElse(AddressScope.PUBLIC);
    }
}
