/// imAlive: leases that agents renew, and how their holders notice a death.
@NullMarked
package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.NullMarked;
