/// Circuit relay v2: reservations with relays, connections that a relay forwards, and the relay.
@NullMarked
package org.p2prmb.libp2p.relay;

import org.jspecify.annotations.NullMarked;
