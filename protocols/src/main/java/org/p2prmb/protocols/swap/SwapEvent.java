package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;
import java.util.Optional;

/// What a swap hears of. Whatever a peer says is a hint, or was verified before (R32).
public sealed interface SwapEvent {
    /// The buyer signed, as was verified.
    record CounterSigned(Bytes signed) implements SwapEvent {}

    /// The buyer says what its lock is called.
    record LockTold(Bytes ref) implements SwapEvent {}

    /// The seller says the secret.
    record SecretTold(Secret secret) implements SwapEvent {}

    /// Our lock is signed.
    ///
    /// @param presigned what redeems the other side's lock, but for the secret
    record LockSigned(SignedLock lock, List<SignedTx> presigned) implements SwapEvent {
        public LockSigned {
            presigned = SignedTx.ladder(presigned);
        }
    }

    /// What redeems the other side's lock is signed.
    record RedeemSigned(List<SignedTx> redeems) implements SwapEvent {
        public RedeemSigned {
            redeems = SignedTx.ladder(redeems);
        }
    }

    /// Our nodes were asked.
    ///
    /// @param a nothing when that chain's node did not answer
    /// @param b the same
    record Looked(Optional<Sight> a, Optional<Sight> b) implements SwapEvent {}

    /// A chain at one moment.
    record Sight(Tip tip, LockView lock) {}

    /// The peer, or our owner, wants no swap any more: it ends if nothing of ours may be locked.
    record Withdrawn() implements SwapEvent {}
}
