package org.p2prmb.protocols.exchange;

import java.util.Locale;

/// Why a seller does not do what it was asked for.
public enum Refusal {
    /// The offer has an open window already.
    OFFER_BUSY,
    /// As many windows are open as the seller has room for.
    TOO_MANY_WINDOWS,
    UNKNOWN_WINDOW,
    /// The window has closed, or the time for bids is over.
    LATE,
    /// There is another commit of this bidder.
    SECOND_COMMIT,
    /// The window has as many commits as it takes, or as many of newcomers.
    FULL,
    /// The policy does not admit the bidder.
    REPUTATION,
    /// Bids are shown after the root.
    NOT_YET,
    /// The bidder has no commit here.
    NO_COMMIT,
    /// Not the bid that was committed to.
    OTHER_BID;

    /// As people write it: `second-commit`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
