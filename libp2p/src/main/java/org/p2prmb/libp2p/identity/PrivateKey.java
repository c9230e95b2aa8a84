package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;

/// The secret half of a [KeyPair] as its kind's codec read it.
///
/// @param publicRaw the public half that was derived from the secret, never taken from elsewhere
/// @param raw the secret in the one form that we write
record PrivateKey(Bytes publicRaw, Bytes raw, Signer signer) {
    @Override
    public String toString() {
        return "PrivateKey[secret]";
    }
}
