package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

/// What a swap asks for, once its state is on disk. Each is safe to repeat.
public sealed interface SwapAction {
    /// Sign the buyer's lock; [SwapEvent.LockSigned] follows.
    record SignLock() implements SwapAction {}

    /// Sign what redeems the lock on this side; [SwapEvent.RedeemSigned] follows.
    record SignRedeem(Side side) implements SwapAction {}

    /// Give it to the node of this side.
    record Send(Side side, SignedTx tx) implements SwapAction {}

    /// Tell the other party, until it says that it has it on disk.
    record Tell(SwapMessage message) implements SwapAction {}

    /// What the parties tell each other about one swap.
    sealed interface SwapMessage {
        /// The seller's word: its contract, its signature, and what its lock will be called.
        record Accept(Terms terms, Bytes signed, Bytes refA) implements SwapMessage {
            public Accept {
                SignedLock.requireRef(refA);
            }
        }

        record CounterSign(Bytes signed) implements SwapMessage {}

        record LockB(Bytes ref) implements SwapMessage {
            public LockB {
                SignedLock.requireRef(ref);
            }
        }

        /// Never the first reveal: the redeem is in a block by then (decision 22).
        record SecretIs(Secret secret) implements SwapMessage {}
    }
}
