package org.p2prmb.protocols.exchange;

import java.util.Locale;

/// Why a seller does not do what it was asked for.
public enum Refusal {
    /// The offer has an open window already.
    OFFER_BUSY(1),
    /// As many windows are open as the seller has room for.
    TOO_MANY_WINDOWS(2),
    UNKNOWN_WINDOW(3),
    /// The window has closed, or the time for bids is over.
    LATE(4),
    /// There is another commit of this bidder.
    SECOND_COMMIT(5),
    /// The window has as many commits as it takes, or as many of newcomers.
    FULL(6),
    /// The policy does not admit the bidder.
    REPUTATION(7),
    /// Bids are shown after the root; a root or a result is not there yet.
    NOT_YET(8),
    /// The bidder has no commit here.
    NO_COMMIT(9),
    /// Not the bid that was committed to.
    OTHER_BID(10),
    /// Nobody offers that here, or nothing of it is left.
    UNKNOWN_OFFER(11),
    /// Not a message of the protocol.
    MALFORMED(12),
    /// A statement of somebody else than who speaks.
    NOT_YOURS(13),
    TOO_OFTEN(14),
    /// Whoever claims lots has not won any, or the claim comes too late.
    NOT_WON(15),
    /// The seller cannot promise what was won.
    CANNOT_SELL(16),
    /// The bidder's identity has no stamp, or a wrong one, and the network asks for one.
    NO_STAMP(17),
    /// The bidder's stamp waits to be looked at; the commit is held, and to be sent again.
    UNCHECKED(18),
    /// A reason of a later version.
    UNKNOWN(0);

    private final int number;

    Refusal(int number) {
        this.number = number;
    }

    /// The number on the wire.
    int number() {
        return number;
    }

    static Refusal of(int number) {
        for (var refusal : values()) {
            if (refusal.number == number) {
                return refusal;
            }
        }
        return UNKNOWN;
    }

    /// As people write it: `second-commit`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
