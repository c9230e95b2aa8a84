package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

/// What a bidder offers: its commit hides it until the window has closed.
///
/// It has no time, and nothing that is made of bids can have one: whoever is near arrives first
/// and gains nothing.
///
/// @param price for each lot
/// @param lots how many it wants, 1 to [WindowOpen#LOTS_MAX]
/// @param nonce 32 random bytes, so that nobody finds the terms by trying
public record Bid(PeerId bidder, Price price, int lots, Bytes nonce) {
    private static final String COMMIT_DOMAIN = "rmb/bid-commit/1";

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Bid {
        Limits.require(
                lots >= 1 && lots <= WindowOpen.LOTS_MAX,
                "a bid is for 1 to %d lots".formatted(WindowOpen.LOTS_MAX));
        Hashes.require(nonce, "a bid's nonce");
    }

    /// The 32 bytes that stand for the bid in a window until it is revealed: SHA-256 over the
    /// [Canonical] list `"rmb/bid-commit/1"`, window, bidder's multihash, [Price#encoded], lots,
    /// nonce.
    public Bytes commit(Bytes window) {
        return Canonical.domain(COMMIT_DOMAIN)
                .bytes(window)
                .bytes(bidder.multihash())
                .bytes(price.encoded())
                .number(lots)
                .bytes(nonce)
                .sha256();
    }
}
