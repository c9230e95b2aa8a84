package org.p2prmb.ledgers.simulated;

import fr.acinq.secp256k1.Secp256k1;

import org.p2prmb.ledgers.evm.Keccak;
import org.p2prmb.ledgers.evm.Rlp;
import org.p2prmb.ledgers.evm.Words;
import org.p2prmb.ledgers.simulated.EvmContracts.Call;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// A transaction of an EVM chain as its node reads it, with the account that its signature tells.
///
/// @param tip for a unit of gas, on top of what the block asks
/// @param most for a unit of gas, with the tip
record SignedCall(
        Bytes id, Bytes bytes, long nonce, BigInteger tip, BigInteger most, long gas, Call call) {
    private static final Bytes TYPE = Bytes.hex("02");
    private static final int SIGNED_FIELDS = 9;
    private static final int FIELDS = 12;
    private static final int ADDRESS_BYTES = 20;

    private static final BigInteger HALF_ORDER =
            new BigInteger("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", 16);

    /// Throws `IllegalArgumentException` for bytes that are none of this chain.
    static SignedCall decode(Bytes bytes, long chainId) {
        Limits.require(bytes.size() > 1 && bytes.slice(0, 1).equals(TYPE), "EIP-1559's alone");
        var fields = Rlp.items(bytes.slice(1, bytes.size()));
        Limits.require(fields.size() == FIELDS, "a transaction has twelve fields");
        Limits.require(number(fields.get(0)).longValueExact() == chainId, "another chain");
        var signed = new ArrayList<Bytes>();
        for (var field : fields.subList(0, SIGNED_FIELDS - 1)) {
            signed.add(Rlp.string(field));
        }
        Limits.require(fields.get(SIGNED_FIELDS - 1).size() == 0, "no access list");
        signed.add(Rlp.list(List.of()));
        var digest = Keccak.of(TYPE.concat(Rlp.list(signed)));
        Limits.require(number(fields.get(11)).compareTo(HALF_ORDER) <= 0, "EIP-2");
        var signature = Words.word(fields.get(10)).concat(Words.word(fields.get(11)));
        var key =
                Bytes.wrap(
                        Secp256k1.Companion.get()
                                .ecdsaRecover(
                                        signature.toArray(),
                                        digest.toArray(),
                                        number(fields.get(9)).intValueExact()));
        var hash = Keccak.of(key.slice(1, key.size()));
        return new SignedCall(
                Keccak.of(bytes),
                bytes,
                number(fields.get(1)).longValueExact(),
                number(fields.get(2)),
                number(fields.get(3)),
                number(fields.get(4)).longValueExact(),
                new Call(
                        hash.slice(hash.size() - ADDRESS_BYTES, hash.size()),
                        fields.get(5),
                        number(fields.get(6)),
                        fields.get(7)));
    }

    private static BigInteger number(Bytes field) {
        return new BigInteger(1, field.unsafeArray());
    }

    /// What its account must have.
    BigInteger cost() {
        return most.multiply(BigInteger.valueOf(gas)).add(call.value());
    }

    /// What it pays for a unit of gas.
    BigInteger price(BigInteger baseFee) {
        return most.min(baseFee.add(tip));
    }
}
