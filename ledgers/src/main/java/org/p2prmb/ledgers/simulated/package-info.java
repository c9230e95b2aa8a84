/// Chains in this process: blocks, a mempool, fees, reorganisations and time locks, but no scripts.
@NullMarked
package org.p2prmb.ledgers.simulated;

import org.jspecify.annotations.NullMarked;
