/// Deals among agents of which some cheat, and what reputation does against that.
@NullMarked
package org.p2prmb.simulation.reputation;

import org.jspecify.annotations.NullMarked;
