/// The agent: puts the stack, the protocols and the store together.
@NullMarked
package org.p2prmb.node;

import org.jspecify.annotations.NullMarked;
