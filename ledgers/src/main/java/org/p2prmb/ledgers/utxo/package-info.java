/// Locks on Bitcoin and Litecoin (docs/ledgers.md).
@NullMarked
package org.p2prmb.ledgers.utxo;

import org.jspecify.annotations.NullMarked;
