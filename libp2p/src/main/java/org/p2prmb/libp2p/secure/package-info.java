/// The secure channel that carries a connection's streams, and the seam of what makes one.
@NullMarked
package org.p2prmb.libp2p.secure;

import org.jspecify.annotations.NullMarked;
