/// The atomic swap of two parties over two chains: its contract, its two machines, and what they
/// need of a chain and of a disk (docs/swap.md).
@NullMarked
package org.p2prmb.protocols.swap;

import org.jspecify.annotations.NullMarked;
