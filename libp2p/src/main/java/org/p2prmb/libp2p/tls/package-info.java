/// TLS 1.3: the security `/tls/1.0.0`, and the engine that `/tls/ws` runs on too.
@NullMarked
package org.p2prmb.libp2p.tls;

import org.jspecify.annotations.NullMarked;
