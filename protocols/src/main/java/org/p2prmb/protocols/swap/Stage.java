package org.p2prmb.protocols.swap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// In which state a swap is, or how it ended: for people, programs and the journal's [Timeline].
public enum Stage {
    SELECTED(1),
    LOCK_READY(2),
    CANCELLING(3),
    LOCKED(4),
    REVEALING(5),
    REFUNDING(6),
    COUNTERSIGNED(7),
    SECRET_KNOWN(8),
    SETTLED(11),
    REFUNDED(12),
    ABORTED(13),
    LOST(14);

    private final int number;

    Stage(int number) {
        this.number = number;
    }

    public static Stage of(Swap swap) {
        return switch (swap) {
            case SellerSwap.Selected _ -> SELECTED;
            case SellerSwap.LockReady _, BuyerSwap.LockReady _ -> LOCK_READY;
            case SellerSwap.Cancelling _, BuyerSwap.Cancelling _ -> CANCELLING;
            case SellerSwap.Locked _, BuyerSwap.Locked _ -> LOCKED;
            case SellerSwap.Revealing _ -> REVEALING;
            case SellerSwap.Refunding _, BuyerSwap.Refunding _ -> REFUNDING;
            case BuyerSwap.Countersigned _ -> COUNTERSIGNED;
            case BuyerSwap.SecretKnown _ -> SECRET_KNOWN;
            case SellerSwap.Ended(var _, var outcome) -> of(outcome);
            case BuyerSwap.Ended(var _, var outcome) -> of(outcome);
        };
    }

    private static Stage of(Outcome outcome) {
        return switch (outcome) {
            case SETTLED -> SETTLED;
            case REFUNDED -> REFUNDED;
            case ABORTED -> ABORTED;
            case LOST -> LOST;
        };
    }

    /// By which the journal knows it.
    int number() {
        return number;
    }

    static Optional<Stage> of(int number) {
        return Arrays.stream(values()).filter(stage -> stage.number == number).findFirst();
    }

    /// As people write it: `lock-ready`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
