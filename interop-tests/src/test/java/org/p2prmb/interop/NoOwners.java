package org.p2prmb.interop;

import java.time.Instant;
import java.util.Optional;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.contacts.OwnerBook;

/// The book of an agent that obeys nobody.
final class NoOwners implements OwnerBook {
    @Override
    public Optional<Bytes> ownerRecord(PublicKey owner) {
        return Optional.empty();
    }

    @Override
    public boolean putOwnerRecord(
            PublicKey owner, long sequence, Bytes statement, Instant expires) {
        return false;
    }

    @Override
    public boolean putDelegation(PublicKey owner, PublicKey device, long sequence) {
        return false;
    }
}
