/// The agent's part in the exchange: its offers and requests, and the windows in which they meet.
@NullMarked
package org.p2prmb.node.exchange;

import org.jspecify.annotations.NullMarked;
