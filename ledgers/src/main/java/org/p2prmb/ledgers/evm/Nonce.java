package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.nio.ByteBuffer;
import java.util.List;

/// The number of one transaction of one account, which a lock has for itself: its input.
///
/// @param txId of the transaction that is to have it
record Nonce(Bytes account, long number, Bytes txId) {
    private static final int BYTES = EvmKey.ADDRESS_BYTES + Long.BYTES + Words.BYTES;

    Bytes encoded() {
        return Bytes.wrap(
                ByteBuffer.allocate(BYTES)
                        .put(account.unsafeArray())
                        .putLong(number)
                        .put(txId.unsafeArray())
                        .array());
    }

    static Nonce decode(Bytes encoded) {
        Limits.require(encoded.size() == BYTES, "an input is an account, a number and an id");
        var buffer = ByteBuffer.wrap(encoded.unsafeArray());
        var account = new byte[EvmKey.ADDRESS_BYTES];
        buffer.get(account);
        var number = buffer.getLong();
        var txId = new byte[Words.BYTES];
        buffer.get(txId);
        return new Nonce(Bytes.wrap(account), number, Bytes.wrap(txId));
    }

    /// Those of one account, in order.
    static List<Nonce> of(Bytes account, List<Bytes> inputs) {
        return inputs.stream()
                .map(Nonce::decode)
                .filter(nonce -> nonce.account().equals(account))
                .toList();
    }
}
