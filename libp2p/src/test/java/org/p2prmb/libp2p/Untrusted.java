package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;

import java.util.Arrays;
import java.util.Optional;

/// What decoders make of bytes of strangers; the fuzz targets of all modules go through it.
public final class Untrusted {
    /// Every signature is right, so that a fuzzer gets to see what is behind it.
    public static final Signatures UNSIGNED =
            new Signatures() {
                @Override
                public Bytes sign(KeyPair keys, Bytes message) {
                    return Bytes.wrap(new byte[64]);
                }

                @Override
                public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
                    return true;
                }
            };

    private Untrusted() {}

    /// Reads bytes of a stranger.
    @FunctionalInterface
    public interface Decoder<T> {
        T decode(Bytes encoded) throws ProtocolException;
    }

    /// A value, or nothing when the bytes were refused with a [ProtocolException] that says why.
    /// Everything else is a fault of the decoder.
    public static <T> Optional<T> decode(byte[] data, Decoder<T> decoder) {
        try {
            var value = decoder.decode(Bytes.copyOf(data));
            assertThat(value).isNotNull();
            return Optional.of(value);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
            return Optional.empty();
        }
    }

    /// Has one of `decoders` read all bytes but the first, which says which one.
    public static void decodeOneOf(byte[] data, Decoder<?>... decoders) {
        if (data.length > 0) {
            var chosen = decoders[(data[0] & 0xff) % decoders.length];
            decode(Arrays.copyOfRange(data, 1, data.length), chosen);
        }
    }

    /// A seed for [#decodeOneOf].
    public static byte[] seed(int decoder, Bytes encoded) {
        return Bytes.wrap(new byte[] {(byte) decoder}).concat(encoded).toArray();
    }

    /// A value that somebody typed, or nothing when it was refused with an
    /// [IllegalArgumentException] that says why.
    public static <T> Optional<T> parse(Decoder<T> decoder, byte[] data) {
        try {
            return decode(data, decoder);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return Optional.empty();
        }
    }
}
