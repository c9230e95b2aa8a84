/// An agent's coins: its chains, the nodes by which it sees them, and its keys.
@NullMarked
package org.p2prmb.node.wallet;

import org.jspecify.annotations.NullMarked;
