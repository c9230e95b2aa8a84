package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;

import java.time.Instant;
import java.util.Optional;

/// The newest statements of owners: which agents are theirs, and which devices act for them.
///
/// Every method that returns a decision has it on disk before it returns. Sequences are 0 or more.
public interface OwnerBook {
    int STATEMENT_BYTES_MAX = 16 * 1024;

    /// The owner's newest statement as carried, unless it has expired.
    Optional<Bytes> ownerRecord(PublicKey owner);

    /// Keeps the statement if its sequence is higher than that of the one we have; returns whether
    /// it did. An expired record still blocks older ones until room is needed.
    boolean putOwnerRecord(PublicKey owner, long sequence, Bytes statement, Instant expires);

    /// Whether a delegation with this sequence is the owner's newest for that device, as far as we
    /// know; if so older ones are refused from now on, restarts included. Revoking is the same
    /// call with the revocation's sequence. False also when the book is full.
    ///
    /// Never forgotten, since an older delegation may expire later than the one that revoked it;
    /// so call it only for owners that this agent obeys.
    boolean putDelegation(PublicKey owner, PublicKey device, long sequence);
}
