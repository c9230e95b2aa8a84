package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Builds the bytes that two sides derive for themselves: a list of length-prefixed fields.
///
/// Every field is its length as 4 bytes, most significant first, then its bytes; a number is 4
/// bytes, most significant first. The first field is the domain, so no two uses can be confused,
/// and no two lists of fields give the same bytes.
public final class Canonical {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private Canonical() {}

    public static Canonical domain(String domain) {
        return new Canonical().text(domain);
    }

    /// The text's UTF-8 bytes behind their length.
    public Canonical text(String text) {
        return field(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The bytes behind their length.
    public Canonical bytes(Bytes bytes) {
        return field(bytes.unsafeArray());
    }

    /// A count or another number that every reader of this domain expects here.
    public Canonical number(int number) {
        for (var shift = 24; shift >= 0; shift -= 8) {
            written.write(number >>> shift);
        }
        return this;
    }

    /// A number of 8 bytes, most significant first.
    public Canonical longNumber(long number) {
        return number((int) (number >>> Integer.SIZE)).number((int) number);
    }

    private Canonical field(byte[] content) {
        number(content.length);
        written.writeBytes(content);
        return this;
    }

    public Bytes encoded() {
        return Bytes.wrap(written.toByteArray());
    }

    public Bytes sha256() {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(encoded().unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
