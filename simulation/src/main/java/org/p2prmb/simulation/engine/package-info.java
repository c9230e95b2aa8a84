/// The simulated world: virtual time, latency, links, faults and the bytes that cross them.
@NullMarked
package org.p2prmb.simulation.engine;

import org.jspecify.annotations.NullMarked;
