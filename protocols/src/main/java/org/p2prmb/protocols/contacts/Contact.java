package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.List;

/// A remembered agent: who it is, where it is, what it offers, and what we think of it.
///
/// @param record the agent's signed contact record as carried; empty when only an address is known
/// @param sequence of the record, 0 without one; an unsigned 64-bit number that fits a signed one
/// @param tags what the agent offers, in the record's order
/// @param reputation our own view, 0 to 1
/// @param lastProofOfLife when the agent last proved that it lives, or [Instant#EPOCH] for never
/// @param hidden whether the agent is believed dead and must not be handed out
/// @param expiresAt when the contact is forgotten, by our own clock
/// @param name the alias that our owner gave it, or ""; up to [#NAME_LENGTH_MAX] characters
public record Contact(
        PeerId peer,
        Bytes record,
        long sequence,
        List<Multiaddr> addresses,
        List<String> tags,
        double reputation,
        Instant lastProofOfLife,
        boolean hidden,
        Instant expiresAt,
        String name) {
    public static final int RECORD_BYTES_MAX = 16 * 1024;
    public static final int ADDRESSES_MAX = 16;
    public static final int TAGS_MAX = 32;
    public static final int TAG_LENGTH_MAX = 64;
    public static final int NAME_LENGTH_MAX = 64;

    /// What an agent without any history is worth.
    public static final double NEWCOMER_REPUTATION = 0.40;

    /// Below this nobody trades with the agent, and what it answered is not remembered.
    public static final double TRUSTED_REPUTATION_MIN = 0.30;

    /// Below this the agent is not named to anybody who looks for its tags.
    public static final double LISTED_REPUTATION_MIN = 0.20;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Contact {
        addresses = List.copyOf(addresses);
        tags = List.copyOf(tags);
        require(record.size() <= RECORD_BYTES_MAX, "record too large");
        require(sequence >= 0, "negative sequence");
        require(addresses.size() <= ADDRESSES_MAX, "too many addresses");
        require(tags.size() <= TAGS_MAX, "too many tags");
        for (var tag : tags) {
            require(!tag.isEmpty() && tag.length() <= TAG_LENGTH_MAX, "tag of a wrong length");
        }
        require(reputation >= 0 && reputation <= 1, "reputation outside 0 to 1");
        require(name.length() <= NAME_LENGTH_MAX, "name too long");
    }

    /// An agent known by its record or its addresses alone: nameless, a newcomer, never seen alive.
    public static Contact newcomer(
            PeerId peer,
            Bytes record,
            long sequence,
            List<Multiaddr> addresses,
            List<String> tags,
            Instant expiresAt) {
        return new Contact(
                peer,
                record,
                sequence,
                addresses,
                tags,
                NEWCOMER_REPUTATION,
                Instant.EPOCH,
                false,
                expiresAt,
                "");
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
