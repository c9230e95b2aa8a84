/// Multiaddr: self-describing network addresses, text and binary.
@NullMarked
package org.p2prmb.libp2p.multiaddr;

import org.jspecify.annotations.NullMarked;
