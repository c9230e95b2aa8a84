/// What is measured: programs that time the production code, in processes of their own.
@NullMarked
package org.p2prmb.benchmarks;

import org.jspecify.annotations.NullMarked;
