/// The resource manager: how much a host's connections, streams and buffers may take, and for whom.
@NullMarked
package org.p2prmb.libp2p.resource;

import org.jspecify.annotations.NullMarked;
