/// Fair shares: what one peer may ask of us in a given time.
@NullMarked
package org.p2prmb.protocols.limits;

import org.jspecify.annotations.NullMarked;
