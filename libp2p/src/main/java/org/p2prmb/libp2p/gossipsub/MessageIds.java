package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Gives a message its id; a pure function on which all peers of a topic must agree.
@FunctionalInterface
public interface MessageIds {
    int SHA256_ID_BYTES = 20;

    /// The first 20 bytes of SHA-256 over author, sequence number (8 bytes, big endian) and data.
    MessageIds SHA256 =
            (from, seqno, _, data) -> {
                var digest = sha256();
                digest.update(from.unsafeArray());
                digest.update(Seqno.encode(seqno));
                digest.update(data.unsafeArray());
                return Bytes.wrap(Arrays.copyOf(digest.digest(), SHA256_ID_BYTES));
            };

    /// The default of Go's stack: author and sequence number.
    MessageIds FROM_SEQNO = (from, seqno, _, _) -> from.concat(Bytes.wrap(Seqno.encode(seqno)));

    /// The id of the message; `from` is the author's peer id in binary.
    Bytes of(Bytes from, long seqno, String topic, Bytes data);

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
