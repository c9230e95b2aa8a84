/// The perf protocol: as many bytes as one asks for, in either direction, to measure with.
@NullMarked
package org.p2prmb.libp2p.perf;

import org.jspecify.annotations.NullMarked;
