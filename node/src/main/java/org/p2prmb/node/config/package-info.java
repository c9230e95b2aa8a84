/// What an agent is told from outside: its home directory, its keys at rest, its configuration.
@NullMarked
package org.p2prmb.node.config;

import org.jspecify.annotations.NullMarked;
