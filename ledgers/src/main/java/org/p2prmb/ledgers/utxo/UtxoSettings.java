package org.p2prmb.ledgers.utxo;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// What a wallet knows of a chain before it asks a node.
///
/// @param confirm until a transaction is in a block at the worst, under rising fees
/// @param rateMax units for each virtual byte beyond which nobody locks: what the fee of a redeem
///     may come to, which an amount must be worth
public record UtxoSettings(UtxoChain chain, Duration confirm, long rateMax) {
    private static final long RATE_MAX = 100_000;

    public UtxoSettings {
        Limits.require(confirm.isPositive(), "a chain takes its time");
        Limits.require(
                rateMax >= chain.rateMin() && rateMax <= RATE_MAX,
                "a rate of fees is up to 100000 units for each virtual byte");
    }

    public static UtxoSettings of(UtxoChain chain) {
        return new UtxoSettings(chain, chain.blockTime().multipliedBy(6), 500);
    }
}
