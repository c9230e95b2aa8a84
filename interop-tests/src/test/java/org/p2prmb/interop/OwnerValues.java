package org.p2prmb.interop;

import org.p2prmb.discovery.kademlia.Validator;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.OwnerStatement;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/// Owner records as values of the DHT: one stands under the hash of its owner's key, and the
/// highest sequence wins.
final class OwnerValues implements Validator {
    static final String NAMESPACE = "rmb-owner";

    /// The key that the records of an owner stand under.
    static Bytes key(PublicKey owner) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(owner.encoded().unsafeArray());
            return Bytes.utf8("/" + NAMESPACE + "/").concat(Bytes.wrap(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    @Override
    public boolean accepts(Bytes key, Bytes value, Instant now) {
        if (value.size() > OwnerStatement.BYTES_MAX) {
            return false;
        }
        try {
            var record = OwnerStatement.open(value).record();
            return record.expiresAt().isAfter(now) && key.equals(key(record.owner()));
        } catch (ProtocolException _) {
            return false;
        }
    }

    @Override
    public boolean isBetter(Bytes value, Bytes current) {
        return sequence(value) > sequence(current);
    }

    private static long sequence(Bytes value) {
        try {
            return OwnerStatement.open(value).record().sequence();
        } catch (ProtocolException e) {
            throw new IllegalStateException("a value that was not accepted", e);
        }
    }
}
