package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

/// What a redeem is about: a lock whose redeemer we are, and the secret that opens it.
///
/// @param ref of the lock
/// @param index whose [Ledger#party] the leg is redeemed to
public record Redemption(Leg leg, Bytes ref, Secret secret, long index) {}
