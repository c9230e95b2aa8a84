package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.OwnerStatement;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/// The values under `/rmb-owner/<SHA-256 of the owner's key>`: the envelope of an [OwnerStatement]
/// of that owner that has not expired. The highest sequence wins.
@Pure
public final class OwnerRecordValidator implements Validator {
    public static final String NAMESPACE = "rmb-owner";

    private static final Bytes PREFIX = Bytes.utf8("/" + NAMESPACE + "/");

    /// Where the statements of this owner are stored.
    public static Bytes key(PublicKey owner) {
        var hash = Key.of(owner.encoded());
        var bytes = ByteBuffer.allocate(Key.BITS / Byte.SIZE);
        bytes.putLong(hash.first()).putLong(hash.second());
        bytes.putLong(hash.third()).putLong(hash.fourth());
        return PREFIX.concat(Bytes.wrap(bytes.array()));
    }

    @Override
    public Optional<Instant> validUntil(Bytes key, Bytes value) {
        if (value.size() > OwnerStatement.BYTES_MAX) {
            return Optional.empty();
        }
        try {
            var record = OwnerStatement.open(value).record();
            return key.equals(key(record.owner()))
                    ? Optional.of(record.expiresAt())
                    : Optional.empty();
        } catch (ProtocolException e) {
            return Optional.empty();
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
            throw new IllegalArgumentException("not a valid owner statement", e);
        }
    }
}
