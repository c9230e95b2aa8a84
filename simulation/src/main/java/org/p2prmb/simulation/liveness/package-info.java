/// Networks of the production liveness machines: who is noticed dead, when, and at which cost.
@NullMarked
package org.p2prmb.simulation.liveness;

import org.jspecify.annotations.NullMarked;
