/// Swaps between two parties over two simulated chains, killed at every step and hindered in every
/// way that we know.
@NullMarked
package org.p2prmb.simulation.swap;

import org.jspecify.annotations.NullMarked;
