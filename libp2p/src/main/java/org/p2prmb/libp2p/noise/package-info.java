/// Noise XX: authenticated encryption of a connection, proving the libp2p identity of both ends.
@NullMarked
package org.p2prmb.libp2p.noise;

import org.jspecify.annotations.NullMarked;
