package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.List;

/// The owner's side of a wallet on one chain: what is paid into it and out of it beside swaps. Safe
/// for many threads.
public interface Purse {
    /// The chain's CAIP-2 name.
    String chain();

    /// The chain's own coin, in which fees are paid.
    Asset feeAsset();

    /// Where the wallet is paid, as people write it.
    String address();

    /// Confirmed and spendable, whatever is reserved.
    BigInteger balance(Asset asset) throws LedgerException;

    /// What of the chain's own coin [#balance] still has, and transactions spend that wait for a
    /// block; their change is not counted yet. Nothing where no payment is made beside another.
    ///
    /// @param reserved inputs of swaps that are not over, which are counted elsewhere
    default BigInteger leaving(List<Bytes> reserved) throws LedgerException {
        return BigInteger.ZERO;
    }

    /// Signs a payment; sends nothing. Its fee is the most that it can cost.
    ///
    /// Throws `IllegalArgumentException`, with what is wrong in the owner's words, when it is
    /// nothing that can be paid; [LedgerException] also when it has to wait.
    ///
    /// @param to as people write addresses of this chain
    /// @param reserved inputs of swaps that are not over, which are left alone
    SignedTx pay(Asset asset, String to, BigInteger amount, List<Bytes> reserved)
            throws LedgerException;

    /// Gives what was signed to the node; throws [LedgerException] when the node refuses it.
    void send(SignedTx tx) throws LedgerException;
}
