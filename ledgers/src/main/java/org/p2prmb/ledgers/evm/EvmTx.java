package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// A transaction as EIP-1559 has them.
record EvmTx(long nonce, EvmPrice price, long gas, Bytes to, BigInteger value, Bytes data) {
    private static final Bytes TYPE = Bytes.hex("02");
    private static final int NONCE = 1;
    private static final int TIP = 2;
    private static final int MOST = 3;
    private static final int GAS = 4;
    private static final int TO = 5;
    private static final int VALUE = 6;
    private static final int DATA = 7;
    private static final int FIELDS = 12;

    SignedTx sign(long chainId, EvmKey key) throws LedgerException {
        var fields = new ArrayList<Bytes>();
        fields.add(Rlp.number(chainId));
        fields.add(Rlp.number(nonce));
        fields.add(Rlp.number(price.tip()));
        fields.add(Rlp.number(price.most()));
        fields.add(Rlp.number(gas));
        fields.add(Rlp.string(to));
        fields.add(Rlp.number(value));
        fields.add(Rlp.string(data));
        fields.add(Rlp.list(List.of())); // No access list.
        var signature = key.sign(Keccak.of(TYPE.concat(Rlp.list(fields))));
        fields.add(Rlp.number(signature.parity()));
        fields.add(Rlp.number(signature.r()));
        fields.add(Rlp.number(signature.s()));
        var bytes = TYPE.concat(Rlp.list(fields));
        return new SignedTx(Keccak.of(bytes), bytes, price.of(gas));
    }

    /// What was signed. Throws `IllegalArgumentException` for bytes that are not those of [#sign].
    static EvmTx of(SignedTx tx) {
        var bytes = tx.bytes();
        Limits.require(bytes.slice(0, 1).equals(TYPE), "a transaction of another kind");
        var fields = Rlp.items(bytes.slice(1, bytes.size()));
        Limits.require(fields.size() == FIELDS, "a transaction has twelve fields");
        return new EvmTx(
                number(fields.get(NONCE)).longValueExact(),
                new EvmPrice(number(fields.get(TIP)), number(fields.get(MOST))),
                number(fields.get(GAS)).longValueExact(),
                fields.get(TO),
                number(fields.get(VALUE)),
                fields.get(DATA));
    }

    private static BigInteger number(Bytes field) {
        Limits.require(field.size() <= Words.BYTES, "a number has 32 bytes at most");
        return new BigInteger(1, field.unsafeArray());
    }
}
