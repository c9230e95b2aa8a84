package org.p2prmb.libp2p.identity;

/// A parsed public key: checks signatures without parsing anything again.
interface Verifier {
    /// False for every signature that is not right, malformed ones included.
    boolean verify(byte[] message, byte[] signature);
}
