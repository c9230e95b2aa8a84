/// Raw connections: TCP sockets, their addresses and how names become addresses.
@NullMarked
package org.p2prmb.libp2p.transport;

import org.jspecify.annotations.NullMarked;
