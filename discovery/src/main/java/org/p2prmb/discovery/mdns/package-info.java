/// mDNS: agents on the local network find each other without a first address.
@NullMarked
package org.p2prmb.discovery.mdns;

import org.jspecify.annotations.NullMarked;
