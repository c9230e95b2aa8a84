/// Hosts without a network, for tests of what runs above connections.
@NullMarked
package org.p2prmb.libp2p.memory;

import org.jspecify.annotations.NullMarked;
