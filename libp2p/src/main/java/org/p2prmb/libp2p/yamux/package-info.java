/// Yamux 1.0.0: many flow-controlled streams over one secure channel.
@NullMarked
package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.NullMarked;
