/// Remembered agents: the contact book, its entries and the owners' records.
@NullMarked
package org.p2prmb.protocols.contacts;

import org.jspecify.annotations.NullMarked;
