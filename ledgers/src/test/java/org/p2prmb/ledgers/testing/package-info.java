/// Nodes of real chains for tests, here and in other modules.
package org.p2prmb.ledgers.testing;
