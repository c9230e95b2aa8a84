package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;
import java.util.List;

/// Arguments of a contract's function, or the fields of its event: words of 32 bytes, which is all
/// that ours have (Solidity's contract ABI).
public final class Words {
    public static final int BYTES = 32;

    private Words() {}

    /// A number or an address, with zeros in front.
    public static Bytes word(Bytes value) {
        Limits.require(value.size() <= BYTES, "a word of a contract has 32 bytes");
        return Bytes.wrap(new byte[BYTES - value.size()]).concat(value);
    }

    public static Bytes word(BigInteger value) {
        var bytes = Bytes.wrap(value.toByteArray());
        return word(bytes.at(0) == 0 ? bytes.slice(1, bytes.size()) : bytes);
    }

    public static Bytes word(long value) {
        return word(BigInteger.valueOf(value));
    }

    public static Bytes joined(List<Bytes> words) {
        var all = Bytes.EMPTY;
        for (var word : words) {
            all = all.concat(word);
        }
        return all;
    }

    /// @param signature such as `refund(bytes32)`
    public static Bytes call(String signature, Bytes... words) {
        return Keccak.of(Bytes.utf8(signature)).slice(0, 4).concat(joined(List.of(words)));
    }
}
