package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Swap;

import java.util.Locale;

/// In which state a swap is, as people and programs are told.
final class Stage {
    private Stage() {}

    /// `locked`, or how it ended, such as `settled`.
    static String of(Swap swap) {
        return switch (swap) {
            case SellerSwap.Selected _ -> "selected";
            case SellerSwap.LockReady _, BuyerSwap.LockReady _ -> "lock-ready";
            case SellerSwap.Cancelling _, BuyerSwap.Cancelling _ -> "cancelling";
            case SellerSwap.Locked _, BuyerSwap.Locked _ -> "locked";
            case SellerSwap.Revealing _ -> "revealing";
            case SellerSwap.Refunding _, BuyerSwap.Refunding _ -> "refunding";
            case BuyerSwap.Countersigned _ -> "countersigned";
            case BuyerSwap.SecretKnown _ -> "secret-known";
            case SellerSwap.Ended ended -> text(ended.outcome());
            case BuyerSwap.Ended ended -> text(ended.outcome());
        };
    }

    private static String text(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
