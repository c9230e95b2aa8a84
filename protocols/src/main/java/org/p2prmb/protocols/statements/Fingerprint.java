package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The short name by which leases list watchers: the first 16 bytes of the SHA-256 of a peer id's
/// multihash.
///
/// Nobody finds a second peer with the fingerprint of a given one (2^128 tries), and who makes two
/// peers with one fingerprint has gained nothing: they are one watcher.
public final class Fingerprint {
    public static final int BYTES = 16;

    private Fingerprint() {}

    public static Bytes of(PeerId peer) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(peer.multihash().unsafeArray());
            return Bytes.wrap(hash).slice(0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
