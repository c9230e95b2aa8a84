/// What an agent shows of itself to those who watch over it: figures and health, over HTTP.
@NullMarked
package org.p2prmb.node.metrics;

import org.jspecify.annotations.NullMarked;
