package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;

/// A block of a chain, as our own node shows it.
///
/// @param hash 32 bytes
/// @param time what the block itself says
public record Block(long height, Bytes hash, Instant time) {}
