package org.p2prmb.libp2p.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.host.TestHosts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

@Timeout(60)
final class PerfTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private Connection connected() throws IOException {
        var server = hosts.start();
        server.handle(Perf.PROTOCOL, new Perf.Responder());
        return TestHosts.connect(hosts.start(), server);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "0, 1", "65535, 65537", "3000000, 5000000"})
    void whatIsSentAndAskedForTravels(long up, long down) throws IOException {
        var connection = connected();

        assertThat(Perf.measure(connection, up, down, LIMIT)).isPositive();

        assertThat(connection.traffic().bytesWritten()).isGreaterThanOrEqualTo(up);
        assertThat(connection.traffic().bytesRead()).isGreaterThanOrEqualTo(down);
    }

    @Test
    void theRequestIsANumberInBigEndian() throws IOException {
        var stream = opened(connected(), 3);
        stream.closeWrite();

        assertThat(stream.read(new byte[8], 0, 8)).isEqualTo(3);
        assertThat(stream.read(new byte[8], 0, 8)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, (16L << 30) + 1})
    void moreThanOneStreamCarriesIsRefused(long wanted) throws IOException {
        var stream = opened(connected(), wanted);

        assertThatThrownBy(() -> stream.read(new byte[8], 0, 8)).isInstanceOf(IOException.class);
    }

    @Test
    void aRequestThatEndsEarlyIsReset() throws IOException {
        var stream = connected().open(List.of(Perf.PROTOCOL), LIMIT);
        stream.write(new byte[7], 0, 7);
        stream.closeWrite();

        assertThatThrownBy(() -> stream.read(new byte[8], 0, 8)).isInstanceOf(IOException.class);
    }

    @Test
    void aServerThatSendsTooLittleOrTooMuchIsFoundOut() throws IOException {
        var server = hosts.start();
        server.handle(Perf.PROTOCOL, stream -> stream.write(new byte[10], 0, 10));
        var connection = TestHosts.connect(hosts.start(), server);

        for (var wanted : List.of(0L, 9L, 11L)) {
            assertThatThrownBy(() -> Perf.measure(connection, 0, wanted, LIMIT))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("10 bytes came");
        }
    }

    @Test
    void theStreamsOfAHostAreBounded() throws IOException {
        var connection = connected();
        var open = new ArrayList<Stream>();
        for (var i = 0; i < 16; i++) {
            open.add(opened(connection, 1));
        }

        var oneMore = opened(connection, 1);

        assertThatThrownBy(() -> oneMore.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        for (var stream : open) {
            stream.closeWrite();
            assertThat(stream.read(new byte[1], 0, 1)).isOne();
            stream.close();
        }
    }

    @Test
    void aServerThatNeverAnswersCostsTheLimitOnly() throws IOException {
        var server = hosts.start();
        server.handle(Perf.PROTOCOL, stream -> stream.read(new byte[8], 0, 8));
        var connection = TestHosts.connect(hosts.start(), server);

        assertThatThrownBy(() -> Perf.measure(connection, 1 << 24, 1, Duration.ofMillis(200)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void numbersOfBytesAreNotNegative() throws IOException {
        var connection = connected();

        assertThatThrownBy(() -> Perf.measure(connection, -1, 0, LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Perf.measure(connection, 0, -1, LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Stream opened(Connection connection, long wanted) throws IOException {
        var stream = connection.open(List.of(Perf.PROTOCOL), LIMIT);
        stream.write(ByteBuffer.allocate(Long.BYTES).putLong(wanted).array(), 0, Long.BYTES);
        return stream;
    }
}
