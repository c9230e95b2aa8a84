package org.p2prmb.ledgers.utxo;

import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.TransactionOutPoint;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.nio.ByteBuffer;

/// One output of one transaction: an input of another.
///
/// @param txId as nodes show it, which is the hash's bytes from the end
/// @param index from 0; a peer may say what it likes, and there is no such output then
record Outpoint(Bytes txId, int index) {
    private static final int HASH_BYTES = 32;
    static final int BYTES = HASH_BYTES + Integer.BYTES;

    Outpoint {
        Limits.require(txId.size() == HASH_BYTES, "a transaction has a hash of 32 bytes");
    }

    /// The id, then the number, most significant byte first.
    Bytes encoded() {
        return Bytes.wrap(ByteBuffer.allocate(BYTES).put(txId.unsafeArray()).putInt(index).array());
    }

    static Outpoint decode(Bytes encoded) {
        Limits.require(encoded.size() == BYTES, "an output is an id and a number");
        var buffer = ByteBuffer.wrap(encoded.unsafeArray());
        var id = new byte[HASH_BYTES];
        buffer.get(id);
        return new Outpoint(Bytes.wrap(id), buffer.getInt());
    }

    TransactionOutPoint point() {
        return new TransactionOutPoint(
                Integer.toUnsignedLong(index), Sha256Hash.wrap(txId.toArray()));
    }
}
