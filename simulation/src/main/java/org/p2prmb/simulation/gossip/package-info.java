/// The scenario `gossip`: messages of topics among agents that come, go, stall and attack.
@NullMarked
package org.p2prmb.simulation.gossip;

import org.jspecify.annotations.NullMarked;
