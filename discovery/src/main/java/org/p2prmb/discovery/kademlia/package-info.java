/// The Kademlia DHT: who is near which key, and what is kept there (`/rmb/kad/1.0.0`).
@NullMarked
package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.NullMarked;
