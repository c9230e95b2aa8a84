/// What runs when a message arrives: built-in commands and the owner's executables.
@NullMarked
package org.p2prmb.node.handlers;

import org.jspecify.annotations.NullMarked;
