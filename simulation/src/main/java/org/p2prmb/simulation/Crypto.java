package org.p2prmb.simulation;

import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.util.Locale;

/// How simulated agents sign.
public enum Crypto {
    /// Ed25519, as on the network.
    REAL,
    /// A keyed hash of the same length, see [ModelSignatures].
    MODEL;

    /// Up to so many agents sign for real unless told otherwise.
    public static final int REAL_AGENTS = 1_000;

    /// For one run.
    public Signatures signatures() {
        return switch (this) {
            case REAL -> Signatures.REAL;
            case MODEL -> new ModelSignatures();
        };
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
