/// The real libp2p host: listeners, dialling, upgrading, limits, streams.
@NullMarked
package org.p2prmb.libp2p.host;

import org.jspecify.annotations.NullMarked;
