/// Publish and subscribe over a mesh: GossipSub 1.1, with peer scoring, signed messages and
/// validation before forwarding.
///
/// [org.p2prmb.libp2p.gossipsub.GossipRouter] is the machine that decides,
/// [org.p2prmb.libp2p.gossipsub.GossipSub] the shell that owns it on one host.
@NullMarked
package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.NullMarked;
