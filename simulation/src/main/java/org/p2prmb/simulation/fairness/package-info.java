/// Whether equal buyers win equally often, wherever they are.
@NullMarked
package org.p2prmb.simulation.fairness;

import org.jspecify.annotations.NullMarked;
