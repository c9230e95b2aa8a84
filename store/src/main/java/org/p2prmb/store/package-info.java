/// The agent's memory on disk: one H2 file for contacts, owners, uids and sequence numbers.
@NullMarked
package org.p2prmb.store;

import org.jspecify.annotations.NullMarked;
