/// multistream-select 1.0: how both ends of a pipe agree on the protocol that it carries.
@NullMarked
package org.p2prmb.libp2p.multistream;

import org.jspecify.annotations.NullMarked;
