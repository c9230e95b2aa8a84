/// Ping: is the remote there, and how far away is it?
@NullMarked
package org.p2prmb.libp2p.ping;

import org.jspecify.annotations.NullMarked;
