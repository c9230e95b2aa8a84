package org.p2prmb.libp2p.identity;

/// A parsed private key.
interface Signer {
    byte[] sign(byte[] message);
}
