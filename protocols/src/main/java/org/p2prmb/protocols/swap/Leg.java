package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;
import java.time.Instant;

/// One side of a swap as the terms fix it: what is locked, for whom, and until when.
///
/// @param amount in units of the asset; what the recipient gets, without fees
/// @param template what locks are made by on this chain, as its [Ledger#template] says: a contract
///     with its code, or a script. Both sides compare it with their own
/// @param redeemTo who gets it with the secret: an address or a public key, as the chain has it
/// @param refundTo who gets it back
/// @param refundAt from when: by the chain's own time, whole seconds
/// @param depth blocks, the lock's own included, after which it counts as there
public record Leg(
        Asset asset,
        BigInteger amount,
        Bytes template,
        Bytes redeemTo,
        Bytes refundTo,
        Instant refundAt,
        int depth) {
    private static final int HASH_BYTES = 32;
    private static final int PARTY_BYTES_MAX = 64;
    private static final int AMOUNT_BITS_MAX = 128;
    private static final int DEPTH_MAX = 1_000;

    public Leg {
        Limits.require(
                amount.signum() > 0 && amount.bitLength() <= AMOUNT_BITS_MAX,
                "an amount is positive and below 2^128");
        Limits.require(template.size() == HASH_BYTES, "a template is a hash of 32 bytes");
        Limits.require(
                isParty(redeemTo) && isParty(refundTo), "a party is 1 to 64 bytes of a chain");
        Limits.require(!redeemTo.equals(refundTo), "the two parties of a lock differ");
        Limits.require(
                refundAt.getNano() == 0 && refundAt.getEpochSecond() > 0,
                "a lock ends at a whole second");
        Limits.require(depth > 0 && depth <= DEPTH_MAX, "a depth is 1 to 1000 blocks");
    }

    private static boolean isParty(Bytes party) {
        return party.size() > 0 && party.size() <= PARTY_BYTES_MAX;
    }

    Canonical into(Canonical fields) {
        return asset.into(fields)
                .bytes(Bytes.wrap(amount.toByteArray()))
                .bytes(template)
                .bytes(redeemTo)
                .bytes(refundTo)
                .longNumber(refundAt.getEpochSecond())
                .number(depth);
    }
}
