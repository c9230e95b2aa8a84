/// Java peers and a peer on rust-libp2p in one network.
@NullMarked
package org.p2prmb.interop;

import org.jspecify.annotations.NullMarked;
