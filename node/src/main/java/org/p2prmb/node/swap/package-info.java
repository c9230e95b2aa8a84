/// An agent's swaps: the engine with its journal, and what it says to other agents.
@NullMarked
package org.p2prmb.node.swap;

import org.jspecify.annotations.NullMarked;
