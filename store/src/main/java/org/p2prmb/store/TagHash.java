package org.p2prmb.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The number by which the tables know a tag: the first 28 bits of its SHA-256, four bytes in
/// a row.
///
/// Two tags may share one, so whoever reads compares the tags themselves. Nobody gains by finding
/// such a pair, since every agent may claim every tag.
final class TagHash {
    private static final int UNUSED_BITS = 4;

    private TagHash() {}

    static int of(String tag) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            var hash = sha256.digest(tag.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getInt() >>> UNUSED_BITS;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
