package org.p2prmb.simulation;

import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.util.Locale;

/// How simulated agents sign.
public enum Crypto {
    /// Ed25519, as on the network.
    REAL(Signatures.REAL),
    /// A keyed hash of the same length, see [ModelSignatures].
    MODEL(new ModelSignatures());

    /// Up to so many agents sign for real unless told otherwise.
    public static final int REAL_AGENTS = 1_000;

    private final Signatures signatures;

    Crypto(Signatures signatures) {
        this.signatures = signatures;
    }

    public Signatures signatures() {
        return signatures;
    }

    /// What a network of this size uses unless told otherwise.
    public static Crypto fitting(int agents) {
        return agents <= REAL_AGENTS ? REAL : MODEL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
