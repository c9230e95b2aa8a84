package org.p2prmb.libp2p.multistream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/// Fuzz targets of negotiation, on both sides of it.
final class MultistreamFuzzTest {
    private static final List<String> SPOKEN = List.of("/b/1.0.0", "/a/1.0.0");

    /// A listener sends at most the list of its names for each token, and takes 32 of them.
    private static final int ANSWER_BYTES_MAX = 32 * 64;

    private record Input(ByteArrayInputStream bytes) implements TokenInput {
        @Override
        public int next() throws IOException {
            var next = bytes.read();
            if (next < 0) {
                throw new EOFException("the remote has said all");
            }
            return next;
        }

        @Override
        public boolean buffered() {
            return bytes.available() > 0;
        }
    }

    private interface Side {
        void talk(Input input, TokenOutput output) throws IOException;
    }

    static List<byte[]> proposals() {
        var lists = Multistream.proposal("ls").clone();
        var twice =
                Bytes.wrap(Multistream.proposal("/unknown"))
                        .concat(Bytes.wrap(Multistream.Tokens.encode("/a/1.0.0")));
        return List.of(Multistream.proposal("/a/1.0.0"), lists, twice.toArray());
    }

    static List<byte[]> answers() {
        var refusal =
                Bytes.wrap(Multistream.proposal("na"))
                        .concat(Bytes.wrap(Multistream.Tokens.encode("/a/1.0.0")));
        return List.of(Multistream.proposal("/b/1.0.0"), refusal.toArray());
    }

    private static int talk(byte[] remote, Side side) throws IOException {
        var sent = new ByteArrayOutputStream();
        try {
            side.talk(new Input(new ByteArrayInputStream(remote)), sent::write);
        } catch (ProtocolException | EOFException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        return sent.size();
    }

    @MethodSource("proposals")
    @FuzzTest(maxDuration = "1m")
    void listener(byte[] data) throws IOException {
        var sent =
                talk(
                        data,
                        (input, output) ->
                                Multistream.answer(input, output, SPOKEN::contains, () -> SPOKEN)
                                        .ifPresent(agreed ->
                                                assertThat(SPOKEN).contains(agreed.protocol())));
        assertThat(sent).isLessThanOrEqualTo(ANSWER_BYTES_MAX);
    }

    @MethodSource("answers")
    @FuzzTest(maxDuration = "1m")
    void dialer(byte[] data) throws IOException {
        talk(
                data,
                (input, output) ->
                        assertThat(Multistream.select(input, output, SPOKEN)).isIn(SPOKEN));
        talk(data, (input, _) -> Multistream.confirm(input, SPOKEN.getFirst()));
    }
}
