/// AutoNAT v2: whether others can dial us, found out by asking them to, and the answering side.
@NullMarked
package org.p2prmb.libp2p.autonat;

import org.jspecify.annotations.NullMarked;
