package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;

/// What is paid for one lot: a whole number of the smallest units of the asset that is paid with.
///
/// @param units 1 to 2^128 - 1; a lot in an asset of 18 decimals needs more than 64 bits
public record Price(BigInteger units) implements Comparable<Price> {
    public static final int BYTES_MAX = 16;

    /// Throws `IllegalArgumentException` when it is out of its bounds.
    public Price {
        Limits.require(
                units.signum() > 0 && units.bitLength() <= BYTES_MAX * Byte.SIZE,
                "a price is a whole number from 1 to 2^128 - 1");
    }

    public static Price of(long units) {
        return new Price(BigInteger.valueOf(units));
    }

    /// Throws `IllegalArgumentException` when these are not the bytes of [#encoded].
    public static Price decode(Bytes encoded) {
        Limits.require(
                encoded.size() > 0 && encoded.size() <= BYTES_MAX && encoded.at(0) != 0,
                "a price is 1 to 16 bytes without leading zeros");
        return new Price(new BigInteger(1, encoded.unsafeArray()));
    }

    /// Most significant byte first, without leading zeros.
    public Bytes encoded() {
        var signed = Bytes.wrap(units.toByteArray());
        return signed.at(0) == 0 ? signed.slice(1, signed.size()) : signed;
    }

    @Override
    public int compareTo(Price other) {
        return units.compareTo(other.units);
    }
}
