package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// What an agent says of itself; it counts only as a [SignedContact].
///
/// @param sequence 0 or more, grows with every new record of this agent; the highest wins
/// @param addresses without `/p2p`, at most 16 of at most 256 bytes
/// @param offerings at most 32
/// @param ttl whole seconds after receipt at which a holder forgets the record, 1 s to 24 h
/// @param expiresAt whole seconds since 1970; from then on nobody passes the record on as the
///     answer to a search, whenever it was received; [Instant#EPOCH] when it never may be
/// @param ownerKey the owner, if the agent names one
/// @param sealingKey 32 bytes of the X25519 key that seals message bodies for this agent
public record ContactRecord(
        PeerId peer,
        long sequence,
        List<Multiaddr> addresses,
        List<Offering> offerings,
        Duration ttl,
        Instant expiresAt,
        Optional<PublicKey> ownerKey,
        Optional<Bytes> sealingKey) {
    public static final int ADDRESSES_MAX = 16;
    public static final int ADDRESS_BYTES_MAX = 256;
    public static final int OFFERINGS_MAX = 32;
    public static final Duration TTL_MAX = Duration.ofDays(1);
    public static final int SEALING_KEY_BYTES = 32;

    /// By how much the clocks of two agents may differ.
    public static final Duration SKEW_MAX = Duration.ofSeconds(60);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public ContactRecord {
        addresses = List.copyOf(addresses);
        offerings = List.copyOf(offerings);
        Limits.require(sequence >= 0, "a contact record's sequence is negative");
        Limits.count(addresses, ADDRESSES_MAX, "addresses");
        for (var address : addresses) {
            Limits.require(address.encoded().size() <= ADDRESS_BYTES_MAX, "an address is too long");
        }
        Limits.count(offerings, OFFERINGS_MAX, "offerings");
        Limits.seconds(ttl, Duration.ofSeconds(1), TTL_MAX, "time to live");
        Limits.millis(expiresAt, "an expiry");
        Limits.require(
                expiresAt.truncatedTo(ChronoUnit.SECONDS).equals(expiresAt),
                "an expiry is a number of whole seconds");
        Limits.require(
                sealingKey.isEmpty() || sealingKey.get().size() == SEALING_KEY_BYTES,
                "a sealing key has 32 bytes");
    }

    /// Whether the record may not be the answer to a search any more.
    public boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt.plus(SKEW_MAX));
    }
}
