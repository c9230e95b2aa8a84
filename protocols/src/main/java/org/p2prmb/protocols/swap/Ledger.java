package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// One chain, seen through a node of our own, with the keys of one wallet. It assumes neither
/// scripts nor contracts: only that coins can be locked for whoever shows a secret, and be taken
/// back from a time on.
///
/// Building signs and sends nothing. A failure of the node is a [LedgerException]: nothing is known
/// then, and the caller asks again. Safe for many threads.
public interface Ledger {
    /// The chain's CAIP-2 name.
    String chain();

    /// SHA-256 of what makes locks of this asset here: a contract's address and code, or a script.
    Bytes template(Asset asset) throws LedgerException;

    /// How fast it is, for a depth in blocks.
    Pace pace(int depth);

    Tip tip() throws LedgerException;

    /// The block at this height, counted from 0; nothing above the tip.
    Optional<Block> block(long height) throws LedgerException;

    /// A party of ours for the swap with this index: a key or an address, the same for each call.
    Bytes party(long index);

    /// Confirmed and spendable, whatever is reserved.
    BigInteger balance(Asset asset) throws LedgerException;

    /// What a lock of this asset costs in fees at most, at today's rates, in units of [#feeAsset].
    BigInteger feeReserve(Asset asset) throws LedgerException;

    /// What taking back or calling off a lock of so much costs in fees at most: the dearest rung
    /// of their ladders, at today's rates.
    BigInteger takeBackFeeMax(Asset asset, BigInteger amount) throws LedgerException;

    /// What redeeming a lock of this asset costs in fees at most: the dearest rung of the ladder,
    /// at today's rates.
    BigInteger redeemFeeMax(Asset asset) throws LedgerException;

    /// The chain's own coin.
    Asset feeAsset();

    /// Whether the leg can be locked and redeemed here at all: known asset, parties that are valid
    /// keys or addresses, an amount above dust and fees (R6, R9). Says why not.
    Optional<String> unfit(Leg leg) throws LedgerException;

    /// Whether what ends the leg's lock could be paid for: its redeem when that is ours, its refund
    /// when the lock is (R9). Says why not. Nothing where a lock pays for its own end.
    ///
    /// @param others open swaps that need an account each for the same
    default Optional<String> unpayable(Leg leg, int others) throws LedgerException {
        return Optional.empty();
    }

    /// Signs a lock of our own, and all that takes it back.
    ///
    /// @param index whose [#party] the leg's refund goes to
    /// @param reserved inputs of all other swaps that are not over, which are left alone: they are
    ///     needed until then, for an input may be what a refund is to be sent with
    SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved) throws LedgerException;

    /// What the lock of this leg will be called, when that can be said before it is made.
    Optional<Bytes> predict(Leg leg, Bytes hash);

    /// Whether nothing but a secret of 32 bytes opens a lock. Where more does, a lock must not be
    /// leg B: the seller could redeem it by what opens nothing on the other chain (R2).
    default boolean bindsSecretSize() {
        return true;
    }

    /// Signs the ladder that redeems a lock whose redeemer is our [#party] of this index, without
    /// the secret, where signatures do not cover it; empty where it must be known.
    List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index) throws LedgerException;

    /// The ladder that redeems a lock.
    ///
    /// @param presigned by [#presignRedeem], which need no key any more; empty without
    /// @param taken one variant of each redeem here that another open swap has saved: what that is
    ///     to be sent with is not free
    List<SignedTx> redeem(Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException;

    /// What to go on with in place of a saved ladder of [#redeem] while its lock is still there:
    /// itself as long as it is good; a longer one when there is more to pay with; a new one when
    /// something else has used up what it was to be sent with. Where it spends the lock and nothing
    /// else, it is always good.
    default List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        return saved;
    }

    /// Gives a transaction to the node. What comes of it says [#view] alone: a refusal may be that
    /// of bytes known long ago (R20).
    void send(SignedTx tx) throws LedgerException;

    /// What the blocks of these heights hold of a lock of this leg, of whoever's; nothing when
    /// there is none. Throws [LedgerException] when that cannot be said, or takes too much reading.
    default Optional<LockPast> past(Leg leg, Bytes hash, long from, long to)
            throws LedgerException {
        throw new LedgerException("nothing can be said of the past of " + chain());
    }

    /// What became of the lock of this leg.
    ///
    /// @param ref of it
    /// @param since the height to search from
    /// @param inputs of a lock of our own, to see that it can never be made; empty for the peer's
    LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException;
}
