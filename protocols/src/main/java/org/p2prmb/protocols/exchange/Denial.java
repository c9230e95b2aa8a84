package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

import java.util.Locale;

/// Lots that a bidder would have got and the seller keeps; they go back to the offer.
///
/// @param lots how many, at least 1
public record Denial(PeerId bidder, int lots, Code code) {
    /// Throws `IllegalArgumentException` when there are none, or more than any window has.
    public Denial {
        Limits.require(lots >= 1 && lots <= WindowOpen.LOTS_MAX, "a denial of no lots");
    }

    /// Why. The share of each is part of what a seller is known for.
    public enum Code {
        TERMS_INVALID(1),
        FUNDS_GONE(2),
        CHAIN_UNHEALTHY(3),
        OWNER_DECLINED(4),
        /// A reason of a later version.
        UNKNOWN(0);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        /// The number on the wire.
        public int number() {
            return number;
        }

        /// The code of this number.
        public static Code of(int number) {
            for (var code : values()) {
                if (code.number == number) {
                    return code;
                }
            }
            return UNKNOWN;
        }

        /// As people write it: `funds-gone`.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
