/// Identify and identify/push: what peers tell each other of themselves.
@NullMarked
package org.p2prmb.libp2p.identify;

import org.jspecify.annotations.NullMarked;
