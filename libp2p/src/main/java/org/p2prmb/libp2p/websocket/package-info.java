/// WebSocket as a transport: `/ws`, and `/tls/ws` over TLS with an ordinary certificate.
@NullMarked
package org.p2prmb.libp2p.websocket;

import org.jspecify.annotations.NullMarked;
