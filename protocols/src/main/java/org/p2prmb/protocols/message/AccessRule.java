package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.identity.PublicKey;

import java.util.Set;

/// Whose requests a command takes.
public sealed interface AccessRule {
    /// The agent's owners.
    record Owner() implements AccessRule {}

    /// Every agent of the network.
    record Anyone() implements AccessRule {}

    /// The owners and these keys.
    record Keys(Set<PublicKey> keys) implements AccessRule {
        public Keys {
            keys = Set.copyOf(keys);
        }
    }

    AccessRule OWNER = new Owner();
    AccessRule ANYONE = new Anyone();
}
