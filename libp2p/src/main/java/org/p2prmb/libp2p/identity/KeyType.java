package org.p2prmb.libp2p.identity;

/// The kinds of keys that a peer may have.
public enum KeyType {
    /// 2048 to 8192 bits, PKCS#1 v1.5 signatures over SHA-256.
    RSA,
    /// RFC 8032; what this stack generates.
    ED25519,
    /// ECDSA over SHA-256, DER signatures.
    SECP256K1,
    /// ECDSA on P-256 over SHA-256, DER signatures.
    ECDSA
}
