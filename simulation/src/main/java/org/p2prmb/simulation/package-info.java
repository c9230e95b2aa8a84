/// Whole networks of the production machines in one thread, from one seed.
@NullMarked
package org.p2prmb.simulation;

import org.jspecify.annotations.NullMarked;
