package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Printable;

import java.util.List;

/// What it is answered over `/rmb/exchange/1.0.0`.
public sealed interface ExchangeResponse {
    /// Offers, or windows, in one response.
    int ITEMS_MAX = 32;

    /// The largest response but for a result, in bytes.
    int BYTES_MAX = 96 * 1024;

    /// The largest response with a result.
    int RESULT_BYTES_MAX = WindowResult.BYTES_MAX + 1_024;

    /// An offer, and what is left of it.
    ///
    /// @param left lots that are neither sold nor promised, 0 or more
    record Listed(Signed<Offer> offer, int left) {
        public Listed {
            Limits.require(
                    left >= 0 && left <= offer.statement().lots(),
                    "more lots are left than there were");
        }
    }

    record Offers(List<Listed> offers) implements ExchangeResponse {
        public Offers {
            offers = List.copyOf(offers);
            Limits.count(offers, ITEMS_MAX, "offers");
        }
    }

    /// The windows that are open now for what was requested.
    record Windows(List<Signed<WindowOpen>> windows) implements ExchangeResponse {
        public Windows {
            windows = List.copyOf(windows);
            Limits.count(windows, ITEMS_MAX, "windows");
        }
    }

    record Receipted(Signed<Receipt> receipt) implements ExchangeResponse {}

    record RevealReceipted(Signed<RevealReceipt> receipt) implements ExchangeResponse {}

    record Proof(Signed<WindowRoot> root, MerklePath path) implements ExchangeResponse {}

    /// @param encoded bytes of the [WindowResult], not looked at yet
    record Result(Signed<ResultNotice> notice, Bytes encoded) implements ExchangeResponse {
        public Result {
            Limits.require(encoded.size() <= WindowResult.BYTES_MAX, "a result is too large");
        }
    }

    /// What was told is taken.
    record Done() implements ExchangeResponse {}

    /// @param text more about it, for people; at most 200 characters
    record Refused(Refusal why, String text) implements ExchangeResponse {
        private static final int TEXT_MAX = 200;

        public Refused {
            text = Printable.of(text, TEXT_MAX);
        }

        public Refused(Refusal why) {
            this(why, "");
        }

        @Override
        public String toString() {
            return text.isEmpty() ? why.toString() : why + ": " + text;
        }
    }
}
