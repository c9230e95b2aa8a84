package org.p2prmb.protocols.swap;

import java.time.Instant;

/// The newest block of a chain that our node knows.
///
/// @param time by which the chain judges time locks: the median of the last blocks where it does
///     (R11)
public record Tip(long height, Instant time) {}
