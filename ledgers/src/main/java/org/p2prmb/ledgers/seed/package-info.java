/// The seed of a wallet as its owner writes it down.
@NullMarked
package org.p2prmb.ledgers.seed;

import org.jspecify.annotations.NullMarked;
