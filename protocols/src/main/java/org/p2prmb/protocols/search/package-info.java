/// Asking agents, and through them their neighbours, for contacts that fit a condition.
@NullMarked
package org.p2prmb.protocols.search;

import org.jspecify.annotations.NullMarked;
