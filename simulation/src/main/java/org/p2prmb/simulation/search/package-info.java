/// The scenario `search`: look-ups in a DHT of which a part is dead or lies.
@NullMarked
package org.p2prmb.simulation.search;

import org.jspecify.annotations.NullMarked;
