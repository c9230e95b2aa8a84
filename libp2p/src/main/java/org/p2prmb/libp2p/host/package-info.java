/// The real libp2p host: listeners, dialling, upgrading, limits, and the streams of all connections.
@NullMarked
package org.p2prmb.libp2p.host;

import org.jspecify.annotations.NullMarked;
