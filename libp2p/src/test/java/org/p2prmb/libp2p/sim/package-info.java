/// A deterministic network for machines: one thread, one seed, all the faults.
@NullMarked
package org.p2prmb.libp2p.sim;

import org.jspecify.annotations.NullMarked;
