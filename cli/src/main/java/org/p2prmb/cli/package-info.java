/// The command line: small commands that read, ask the running agent, and print.
@NullMarked
package org.p2prmb.cli;

import org.jspecify.annotations.NullMarked;
