package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.StreamPair;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identity.KeyPair;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/// The fuzz targets of what AutoNAT reads; run as `DecodersFuzzTest` says.
final class AutoNatFuzzTest {
    private static final KeyPair KEYS = KeyPair.ed25519(Bytes.wrap(new byte[32]));

    /// More than any dial-back has, and less than a stream in memory holds.
    private static final int STREAM_BYTES_MAX = 8192;

    private interface Reader {
        Object read(Stream stream) throws IOException;
    }

    static List<byte[]> dialBacks() throws Exception {
        return List.of(written(stream -> AutoNatCodec.writeDialBack(stream, 7)));
    }

    @MethodSource("dialBacks")
    @FuzzTest(maxDuration = "1m")
    void dialBack(byte[] data) throws IOException {
        read(data, AutoNatCodec::readDialBack);
    }

    static List<byte[]> answers() throws Exception {
        return List.of(written(AutoNatCodec::writeDialBackOk), new byte[] {2, 8, 1});
    }

    @MethodSource("answers")
    @FuzzTest(maxDuration = "1m")
    void dialBackOk(byte[] data) throws IOException {
        read(
                data,
                stream -> {
                    AutoNatCodec.readDialBackOk(stream);
                    return true;
                });
    }

    private static byte[] written(StreamHandler writer) throws Exception {
        try (var connections = new ConnectionPair(KEYS, KEYS)) {
            var streams = StreamPair.of(connections, "/test");
            writer.serve(streams.left());
            streams.left().closeWrite();
            return TestHosts.readAll(streams.right());
        }
    }

    private static void read(byte[] data, Reader reader) throws IOException {
        if (data.length > STREAM_BYTES_MAX) {
            return;
        }
        try (var connections = new ConnectionPair(KEYS, KEYS)) {
            var streams = StreamPair.of(connections, "/test");
            streams.left().write(data, 0, data.length);
            streams.left().closeWrite();
            assertThat(reader.read(streams.right())).isNotNull();
        } catch (ProtocolException | EOFException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void message(byte[] data) {
        try {
            var read = AutoNatCodec.decode(data);
            assertThat(AutoNatCodec.decode(AutoNatCodec.encode(read))).isEqualTo(read);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
