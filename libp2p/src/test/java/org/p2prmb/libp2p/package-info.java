/// What the tests of every part share: published vectors and the runner of property tests.
@NullMarked
package org.p2prmb.libp2p;

import org.jspecify.annotations.NullMarked;
