package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.List;

/// A lock of our own that may be sent, with all that gets it back: complete before it is sent, so
/// that a restart needs neither keys nor peers.
///
/// @param ref what the chain will call the lock: an output, or the contract's id of it
/// @param steps what is sent, in this order: where an allowance comes first, that and the lock
/// @param inputs what it spends and nothing else may: outputs, or an account's nonces
/// @param refunds a ladder that gives it back once its time has come
/// @param cancels a ladder that spends its inputs otherwise, should it never be confirmed
/// @param since the height from which the chain is searched for it
public record SignedLock(
        Bytes ref,
        List<SignedTx> steps,
        List<Bytes> inputs,
        List<SignedTx> refunds,
        List<SignedTx> cancels,
        long since) {
    private static final int REF_BYTES_MAX = 64;
    private static final int STEPS_MAX = 2;
    private static final int INPUTS_MAX = 64;

    public SignedLock {
        requireRef(ref);
        Limits.require(!steps.isEmpty(), "a lock is made by a transaction");
        Limits.count(steps, STEPS_MAX, "steps of a lock");
        Limits.require(!inputs.isEmpty(), "a lock spends something");
        Limits.count(inputs, INPUTS_MAX, "inputs of a lock");
        Limits.require(!refunds.isEmpty() && !cancels.isEmpty(), "a lock can be taken back");
        Limits.require(since >= 0, "a height is not negative");
        steps = List.copyOf(steps);
        inputs = List.copyOf(inputs);
        refunds = SignedTx.ladder(refunds);
        cancels = SignedTx.ladder(cancels);
    }

    /// Checks what a lock is called, by us or by a peer.
    static void requireRef(Bytes ref) {
        Limits.require(
                ref.size() > 0 && ref.size() <= REF_BYTES_MAX,
                "a lock has a name of 1 to 64 bytes");
    }
}
