/// Locks on chains with the Ethereum virtual machine (docs/ledgers.md).
@NullMarked
package org.p2prmb.ledgers.evm;

import org.jspecify.annotations.NullMarked;
