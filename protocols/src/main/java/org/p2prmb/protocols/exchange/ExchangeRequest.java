package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

/// What one agent asks or tells another over `/rmb/exchange/1.0.0`.
public sealed interface ExchangeRequest {
    /// The largest request, in bytes.
    int BYTES_MAX = 4_096;

    /// "On which terms is this offer?"
    record OfferAsked(Bytes offer) implements ExchangeRequest {
        public OfferAsked {
            Hashes.require(offer, "an offer's name");
        }
    }

    /// "What do you sell for this?"
    record OffersAsked(Asset give, Asset want) implements ExchangeRequest {}

    /// A buyer's request, for those who do not hear the topic.
    record Wanted(Signed<BuyRequest> request) implements ExchangeRequest {}

    record Committed(Signed<Commit> commit) implements ExchangeRequest {}

    /// "Show me that my commit is under the root."
    record ProofAsked(Bytes window) implements ExchangeRequest {
        public ProofAsked {
            Hashes.require(window, "a window's id");
        }
    }

    record Revealed(Signed<Reveal> reveal) implements ExchangeRequest {}

    /// "How did this window end?"
    record ResultAsked(Bytes window) implements ExchangeRequest {
        public ResultAsked {
            Hashes.require(window, "a window's id");
        }
    }

    /// A winner names its parties, so that the seller can make the contract.
    ///
    /// @param redeemTo on the chain of what it bought
    /// @param refundTo on the chain of what it pays with
    record Claimed(Bytes window, Bytes redeemTo, Bytes refundTo) implements ExchangeRequest {
        private static final int PARTY_BYTES_MAX = 64;

        public Claimed {
            Hashes.require(window, "a window's id");
            requireParty(redeemTo);
            requireParty(refundTo);
        }

        private static void requireParty(Bytes party) {
            Limits.require(
                    party.size() > 0 && party.size() <= PARTY_BYTES_MAX,
                    "a party is 1 to 64 bytes of a chain");
        }
    }

    /// A seller shows a bidder that its commit is under the root.
    record Proven(Signed<WindowRoot> root, MerklePath path) implements ExchangeRequest {}

    /// A seller tells a bidder that there is a result.
    record Concluded(Signed<ResultNotice> notice) implements ExchangeRequest {}
}
