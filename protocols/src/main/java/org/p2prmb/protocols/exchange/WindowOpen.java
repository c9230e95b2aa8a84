package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;

/// A seller opens a window on an offer.
///
/// @param offer 32 bytes that name it
/// @param lots for sale in this window, 1 to [#LOTS_MAX]
/// @param closesAt from then on no commit is taken
/// @param revealBy from then on no bid is taken
/// @param nonceHash [#nonceHash(Bytes)] of the seller's nonce, which it so cannot choose later
/// @param chain whose block is the beacon
public record WindowOpen(
        PeerId seller,
        Bytes offer,
        int lots,
        Instant opensAt,
        Instant closesAt,
        Instant revealBy,
        Policy policy,
        Bytes nonceHash,
        String chain)
        implements WindowStatement {
    public static final int LOTS_MAX = 1_000;

    /// Below, those that are far away are left out.
    public static final Duration LENGTH_MIN = Duration.ofSeconds(3);

    public static final Duration LENGTH_MAX = Duration.ofMinutes(10);

    /// Within so much of the close the root is signed.
    public static final Duration ROOT_WITHIN = Duration.ofSeconds(2);

    /// The beacon is the first block from so much after the root was due. Bids are revealed before.
    public static final Duration BEACON_AFTER = Duration.ofSeconds(5);

    public static final Duration REVEAL_MIN = Duration.ofSeconds(1);

    private static final String DOMAIN = "rmb/window/1";
    private static final String NONCE_DOMAIN = "rmb/window-nonce/1";

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public WindowOpen {
        Hashes.require(offer, "an offer's name");
        Hashes.require(nonceHash, "a nonce's hash");
        Beacon.requireChain(chain);
        Limits.require(
                lots >= 1 && lots <= LOTS_MAX, "a window has 1 to %d lots".formatted(LOTS_MAX));
        Limits.millis(opensAt, "the opening");
        Limits.millis(closesAt, "the close");
        Limits.millis(revealBy, "the end of the reveal");
        requireBetween(Duration.between(opensAt, closesAt), LENGTH_MIN, LENGTH_MAX, "window");
        requireBetween(
                Duration.between(closesAt.plus(ROOT_WITHIN), revealBy),
                REVEAL_MIN,
                BEACON_AFTER,
                "reveal");
    }

    private static void requireBetween(Duration value, Duration min, Duration max, String what) {
        Limits.require(
                value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                "a %s takes %d to %d s".formatted(what, min.toSeconds(), max.toSeconds()));
    }

    @Override
    public PeerId author() {
        return seller;
    }

    /// When the root is due.
    public Instant rootBy() {
        return closesAt.plus(ROOT_WITHIN);
    }

    /// The least time of the beacon.
    public Instant beaconFrom() {
        return rootBy().plus(BEACON_AFTER);
    }

    /// The id of the window: SHA-256 over the [Canonical] list `"rmb/window/1"`, seller's
    /// multihash, offer, lots, then 8 bytes each of the milliseconds since 1970 of the opening, the
    /// close and the end of the reveal, [Policy#hash], nonce's hash, chain.
    ///
    /// So nobody can say two different things of one window.
    @Override
    public Bytes window() {
        return Canonical.domain(DOMAIN)
                .bytes(seller.multihash())
                .bytes(offer)
                .number(lots)
                .longNumber(opensAt.toEpochMilli())
                .longNumber(closesAt.toEpochMilli())
                .longNumber(revealBy.toEpochMilli())
                .bytes(policy.hash())
                .bytes(nonceHash)
                .text(chain)
                .sha256();
    }

    /// SHA-256 over the [Canonical] list `"rmb/window-nonce/1"`, nonce.
    public static Bytes nonceHash(Bytes nonce) {
        return Canonical.domain(NONCE_DOMAIN).bytes(nonce).sha256();
    }
}
