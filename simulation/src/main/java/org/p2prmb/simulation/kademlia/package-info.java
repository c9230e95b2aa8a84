/// The scenario `kademlia`: look-ups in a DHT of which a part is dead or lies.
@NullMarked
package org.p2prmb.simulation.kademlia;

import org.jspecify.annotations.NullMarked;
