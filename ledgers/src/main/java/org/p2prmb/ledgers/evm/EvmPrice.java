package org.p2prmb.ledgers.evm;

import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;

/// What a unit of gas may cost, in the smallest unit of the chain's coin.
///
/// @param tip for whoever makes the block
/// @param most with the tip
record EvmPrice(BigInteger tip, BigInteger most) {
    /// For transactions that may wait: the base fee may double until then.
    static EvmPrice now(BigInteger baseFee, BigInteger tip) {
        return new EvmPrice(tip, baseFee.shiftLeft(1).add(tip));
    }

    /// Doubled so many times: nodes replace a transaction by one that pays a tenth more.
    EvmPrice doubled(int times) {
        return new EvmPrice(tip.shiftLeft(times), most.shiftLeft(times));
    }

    long of(long gas) throws LedgerException {
        try {
            return most.multiply(BigInteger.valueOf(gas)).longValueExact();
        } catch (ArithmeticException e) {
            throw new LedgerException("a fee of more than 2^63 units is no fee", e);
        }
    }
}
