/// The words that every layer of the stack shares: bytes, machines, streams, hosts.
@NullMarked
package org.p2prmb.libp2p.core;

import org.jspecify.annotations.NullMarked;
