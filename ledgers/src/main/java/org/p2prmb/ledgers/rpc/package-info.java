/// A chain's node, asked over JSON-RPC.
@NullMarked
package org.p2prmb.ledgers.rpc;

import org.jspecify.annotations.NullMarked;
