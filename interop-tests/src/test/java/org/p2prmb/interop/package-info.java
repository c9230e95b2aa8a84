/// Java peers and peers on rust-libp2p and js-libp2p in one network.
@NullMarked
package org.p2prmb.interop;

import org.jspecify.annotations.NullMarked;
