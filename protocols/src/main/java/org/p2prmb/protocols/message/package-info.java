/// RMB messages between agents.
@NullMarked
package org.p2prmb.protocols.message;

import org.jspecify.annotations.NullMarked;
