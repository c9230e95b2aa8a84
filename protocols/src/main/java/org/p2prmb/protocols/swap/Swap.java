package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;
import java.util.Optional;

/// One party's side of a swap, in one of its states.
public sealed interface Swap permits SellerSwap, BuyerSwap {
    Deal deal();

    /// Which lock is ours.
    Side own();

    /// Our lock, once it is signed; nothing once the swap is over.
    Optional<SignedLock> signedLock();

    /// What the chain calls the other side's lock; empty while nobody said so.
    Bytes peerRef();

    boolean isOver();

    /// Whether our lock may still take from what we can spend: it is promised or on its way, and
    /// not yet in a block.
    boolean reserves();

    /// What redeems the other side's lock, but for the secret.
    default List<SignedTx> presigned() {
        return List.of();
    }

    /// What redeems it, once that is signed and saved.
    default List<SignedTx> redeems() {
        return List.of();
    }

    /// What the chain of this side calls its lock; empty when it is not known.
    default Bytes ref(Side side) {
        return side == own() ? signedLock().map(SignedLock::ref).orElse(Bytes.EMPTY) : peerRef();
    }

    /// What our lock spends on this side; nothing on the other.
    default List<Bytes> inputs(Side side) {
        return side == own() ? signedLock().map(SignedLock::inputs).orElse(List.of()) : List.of();
    }
}
