package org.p2prmb.simulation.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.random.RandomGenerator;

/// A key that deals or reports; an attacker may have many, one after the other or at once.
final class Identity {
    private static final int SEED_BYTES = 32;

    private final KeyPair keys;
    private final PeerId peer;
    private final boolean honest;
    private final int[] custodians;
    private long sequence;

    /// @param custodians the agents that keep the reports on it, by number
    Identity(RandomGenerator random, boolean honest, int[] custodians) {
        var seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        keys = KeyPair.ed25519(Bytes.wrap(seed));
        peer = keys.peerId();
        this.honest = honest;
        this.custodians = custodians;
    }

    KeyPair keys() {
        return keys;
    }

    PeerId peer() {
        return peer;
    }

    boolean honest() {
        return honest;
    }

    int custodian(int index) {
        return custodians[index];
    }

    int custodians() {
        return custodians.length;
    }

    long nextSequence() {
        return sequence++;
    }
}
