/// Keys, peer ids, signed envelopes and peer records.
@NullMarked
package org.p2prmb.libp2p.identity;

import org.jspecify.annotations.NullMarked;
