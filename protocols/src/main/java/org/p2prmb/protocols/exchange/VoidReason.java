package org.p2prmb.protocols.exchange;

import java.util.Locale;

/// Why a window came to nothing, for its seller or for one bidder. None proves anybody's fault.
public enum VoidReason {
    /// The seller did not take the commit.
    REFUSED,
    /// It does not take it, for our identity has no stamp that is right for its network.
    NO_STAMP,
    /// It did not confirm it.
    NO_RECEIPT,
    /// There was no root in time: the seller might have waited for the beacon with it.
    NO_ROOT,
    /// The root and our receipt do not fit each other.
    WRONG_ROOT,
    /// A block that can be the beacon was there before the root.
    BEACON_KNOWN,
    /// The chain had no block for too long.
    NO_BEACON,
    NO_RESULT,
    /// Our bid is not in the result, and the seller had not confirmed it.
    UNHEARD,
    /// The result proves a fault of the seller's.
    FAULTY;

    /// As people write it: `no-root`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
