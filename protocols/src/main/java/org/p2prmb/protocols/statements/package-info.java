/// Signed statements that outlive a connection, and the sequence numbers that order them.
@NullMarked
package org.p2prmb.protocols.statements;

import org.jspecify.annotations.NullMarked;
