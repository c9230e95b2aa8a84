/// The exchange: how a seller's sealed window finds its buyers, so that nobody gains by being near.
@NullMarked
package org.p2prmb.protocols.exchange;

import org.jspecify.annotations.NullMarked;
