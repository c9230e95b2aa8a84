/// What agents tell of each other's conduct, and what that is worth to each of them.
@NullMarked
package org.p2prmb.protocols.reputation;

import org.jspecify.annotations.NullMarked;
