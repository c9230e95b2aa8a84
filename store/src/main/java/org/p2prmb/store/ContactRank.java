package org.p2prmb.store;

import org.p2prmb.protocols.contacts.Contact;

import java.sql.ResultSet;
import java.sql.SQLException;

/// What places a contact in lists and in the order of eviction.
///
/// @param score our view of the agent, 0 to 1
/// @param proof Unix milliseconds of the last proof of life, 0 for none
/// @param expires Unix milliseconds
record ContactRank(boolean hidden, double score, long proof, long expires) {
    static ContactRank of(Contact contact) {
        return new ContactRank(
                contact.hidden(),
                contact.reputation(),
                ContactRows.millis(contact.lastProofOfLife()),
                ContactRows.millis(contact.expiresAt()));
    }

    /// Reads four columns in the order of the parameters.
    static ContactRank read(ResultSet row, int first) throws SQLException {
        return new ContactRank(
                row.getBoolean(first),
                row.getDouble(first + 1),
                row.getLong(first + 2),
                row.getLong(first + 3));
    }

    /// Whether the contact is named to those who look for its tags, if it has not expired.
    boolean listed() {
        return !hidden && score >= Contact.LISTED_REPUTATION_MIN;
    }

    /// Whether its answers to searches are remembered.
    boolean trusted() {
        return score >= Contact.TRUSTED_REPUTATION_MIN;
    }

    /// The score as the rows of tags have it, in four bytes.
    int millionths() {
        return (int) Math.round(score * 1_000_000);
    }

    ContactRank alive(long when) {
        return new ContactRank(false, score, Math.max(proof, when), expires);
    }

    ContactRank dead() {
        return new ContactRank(true, score, proof, expires);
    }

    /// Of the dead the last proof tells when to forget them.
    ContactRank unreached() {
        return hidden ? this : new ContactRank(false, score, 0, expires);
    }

    ContactRank scored(double newScore) {
        return new ContactRank(hidden, newScore, proof, expires);
    }

    /// The rank once `other`, of a record that is newer or `same`, has come.
    ContactRank renewed(ContactRank other, boolean same) {
        return new ContactRank(
                same ? hidden || other.hidden : other.hidden,
                score,
                Math.max(proof, other.proof),
                same ? Math.max(expires, other.expires) : other.expires);
    }
}
