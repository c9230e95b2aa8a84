package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Swap;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/// What becomes of lots that a window sold: contracts and swaps. Safe for many threads; may wait
/// for nodes and the disk.
public interface Settlement {
    /// Our two parties in a swap to come in which we buy: a fresh index for each call.
    ///
    /// @param redeemTo on the chain of `bought`
    /// @param refundTo on the chain of what is paid
    record Parties(long index, Bytes redeemTo, Bytes refundTo) {}

    /// Throws [LedgerException] when a node is not there.
    Parties parties(Asset bought, Asset paid) throws LedgerException;

    /// Sells: makes and signs the contract and our lock, and reserves what it needs; on disk when
    /// this returns the id of the swap. The buyer is told then, again and again.
    ///
    /// Throws `IllegalArgumentException`, with what is wrong in the owner's words, when it cannot
    /// be promised.
    ///
    /// @param sold our own index in it is chosen anew, whatever it says
    /// @param redeemTo the buyer's party on the chain of leg A
    /// @param refundTo the buyer's party on the chain of leg B
    Bytes sell(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo)
            throws LedgerException;

    /// Buys: the contract for this will be countersigned, if the seller sends one in time that
    /// passes the audit.
    void expect(Audit.Sold sold, PeerId seller, Instant until);

    /// Ends what [#expect] began: no contract of this window is signed any more. One that was
    /// signed before is among [#swaps].
    void forgo(Bytes window, PeerId seller) throws LedgerException;

    /// Why no contract of this window will be signed: all that the seller has sent were refused,
    /// and are over. Empty as long as one may still be signed, and if none has come.
    Optional<String> refusal(Bytes window, PeerId seller) throws LedgerException;

    /// What is confirmed and neither reserved nor needed for fees.
    BigInteger free(Asset asset) throws LedgerException;

    /// How much more of this swaps may bring until the agent holds what its owner wants it to hold
    /// at most, with all that open swaps may still bring; empty without such a limit.
    Optional<BigInteger> room(Asset asset) throws LedgerException;

    /// What more may be in flight, with all agents together, in cents of US dollars.
    long centsLeft();

    /// All swaps that the journal holds, those that are over included.
    Collection<Swap> swaps() throws LedgerException;

    /// Hears of each swap that ends.
    void addListener(Listener listener);

    /// Is called on the one thread of the swaps: it must not wait.
    @FunctionalInterface
    interface Listener {
        void ended(Bytes id, Swap swap);
    }
}
