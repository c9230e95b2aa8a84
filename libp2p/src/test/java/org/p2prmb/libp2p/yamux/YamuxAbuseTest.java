package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;

/// A session against a remote that breaks the rules or uses them up.
@Timeout(60)
final class YamuxAbuseTest {
    private static final Header GO_AWAY = Header.goAway(YamuxMachine.PROTOCOL_ERROR);

    @Test
    void everyWrongFrameIsAnsweredWithGoAwayAndTheEnd() throws Exception {
        var wrong =
                Vectors.at("yamux", "frames")
                        .propertyStream()
                        .filter(frame -> frame.getKey().startsWith("NEGATIVE"))
                        .toList();
        assertThat(wrong).isNotEmpty();
        for (var frame : wrong) {
            try (var peer = new RawPeer()) {
                peer.send(Header.windowUpdate(frame.getKey().contains("SYN") ? 0 : 1, 1, 0));
                peer.send(HexFormat.of().parseHex(frame.getValue().asText()));
                assertThat(peer.receive()).as(frame.getKey()).isEqualTo(GO_AWAY);
                assertThat(peer.atEnd()).isTrue();
                assertThat(peer.side.closing()).isNotEmpty();
            }
        }
    }

    @Test
    void moreThanTheWindowEndsTheConnection() throws Exception {
        try (var peer = new RawPeer()) {
            var body = new byte[65_536];
            for (var sent = 0; sent < 4; sent++) {
                peer.send(Header.data(sent == 0 ? Header.SYN : 0, 1, body.length));
                peer.send(body);
            }
            assertThat(peer.side.accept().read(new byte[100], 0, 100)).isEqualTo(100);
            peer.send(Header.data(0, 1, 1));
            assertThat(peer.receive()).isEqualTo(GO_AWAY);
        }
    }

    /// myotis#80: the bodies of such frames leaked.
    @Test
    @DisplayName("myotis#80: data for nobody")
    void dataForNobodyIsReadAndForgotten() throws Exception {
        try (var peer = new RawPeer()) {
            for (var stream = 1; stream < 200; stream += 2) {
                peer.send(Header.data(0, stream, 50_000));
                peer.send(new byte[50_000]);
            }
            peer.send(Header.ping(Header.SYN, 9));
            assertThat(peer.receive()).isEqualTo(Header.ping(Header.ACK, 9));
            assertThat(peer.side.waiting()).isZero();
            assertThat(peer.side.session.bytesRead()).isZero();
        }
    }

    @Test
    void aStreamMayBeClosedWhileABodyIsComingIn() throws Exception {
        try (var peer = new RawPeer()) {
            peer.send(Header.data(Header.SYN | Header.FIN, 1, 1000));
            peer.send(new byte[400]);
            var stream = peer.side.accept();
            SessionPair.exactly(stream, 400);
            stream.close();
            // The acknowledgement goes ahead when our reader had to wait for the first bytes.
            var flags = peer.receive().flags();
            if (flags == Header.ACK) {
                flags |= peer.receive().flags();
            }
            assertThat(flags).isEqualTo(Header.ACK | Header.FIN);

            peer.send(new byte[600]);
            peer.send(Header.ping(Header.SYN, 4));
            assertThat(peer.receive()).isEqualTo(Header.ping(Header.ACK, 4));
            assertThat(peer.side.session.streams()).isZero();
        }
    }

    @Test
    @DisplayName("CVE-2024-32984: pings and openings whose answers are never read")
    void aRemoteThatNeverReadsIsCutOff() throws Exception {
        var impatient = config(Duration.ofSeconds(30), Duration.ofMillis(100));
        try (var peer = new RawPeer(1 << 10, impatient)) {
            assertThatThrownBy(
                            () -> {
                                for (var ping = 0; ping < 100_000_000; ping++) {
                                    peer.send(Header.ping(Header.SYN, ping));
                                }
                            })
                    .isInstanceOf(IOException.class);
            assertThat(peer.side.closing()).contains("writing took longer");
        }
    }

    @Test
    void aRemoteThatFallsSilentIsPingedAndThenGivenUp() throws Exception {
        var watchful = config(Duration.ofMillis(20), Duration.ofSeconds(10));
        try (var peer = new RawPeer(1 << 10, watchful)) {
            var ping = peer.receive();
            assertThat(ping).isEqualTo(Header.ping(Header.SYN, 1));
            peer.send(Header.ping(Header.ACK, 1));
            assertThat(peer.receive()).isEqualTo(Header.ping(Header.SYN, 2));

            assertThat(peer.side.closing()).isEqualTo("no answer to a ping");
        }
    }

    private static YamuxConfig config(Duration keepAlive, Duration writeTimeout) {
        var usual = YamuxConfig.defaults();
        return new YamuxConfig(
                usual.inboundStreamsMax(),
                usual.outboundStreamsMax(),
                usual.windowBytesMax(),
                keepAlive,
                Duration.ofMillis(200),
                writeTimeout,
                usual.linger());
    }

    @Test
    void aFloodOfStreamsEndsTheConnectionAndStartsFewHandlers() throws Exception {
        try (var peer = new RawPeer(1 << 10, YamuxConfig.defaults())) {
            assertThatThrownBy(
                            () -> {
                                for (var stream = 1; stream < 100_000_000; stream += 2) {
                                    peer.send(Header.windowUpdate(Header.SYN, stream, 0));
                                }
                            })
                    .isInstanceOf(IOException.class);
            assertThat(peer.side.waiting()).isLessThanOrEqualTo(StreamTable.UNACKNOWLEDGED_MAX);
        }
    }

    @Test
    void streamsThatAreResetAtOnceAreNotServed() throws Exception {
        try (var peer = new RawPeer()) {
            var frames = new ArrayList<Header>();
            for (var stream = 1; stream < 1000; stream += 2) {
                frames.add(Header.windowUpdate(Header.SYN, stream, 0));
                frames.add(Header.windowUpdate(Header.RST, stream, 0));
            }
            frames.add(Header.ping(Header.SYN, 1));
            peer.send(frames.toArray(Header[]::new));
            var answer = peer.receive();
            while (answer.kind() != Header.Kind.PING) {
                answer = peer.receive();
            }
            assertThat(peer.side.waiting()).isLessThan(512);
            assertThat(peer.side.session.streams()).isZero();
        }
    }

    /// A remote may use an id again once its stream is over; the old stream's reader must not
    /// be counted on the new one's window.
    @Test
    void anIdThatIsUsedAgainIsAnotherStream() throws Exception {
        try (var peer = new RawPeer()) {
            peer.send(Header.data(Header.SYN | Header.FIN, 1, 3));
            peer.send(new byte[] {1, 2, 3});
            var old = peer.side.accept();
            old.closeWrite();
            assertThat(peer.receive().has(Header.FIN)).isTrue();

            peer.send(Header.data(Header.SYN, 1, 2));
            peer.send(new byte[] {4, 5});
            var young = peer.side.accept();
            assertThat(SessionPair.all(old)).containsExactly(1, 2, 3);
            old.close();
            assertThat(SessionPair.exactly(young, 2)).containsExactly(4, 5);
        }
    }

    @Test
    void randomBytesNeverDoMoreThanEndTheSession() {
        Seeds.forEach(
                200,
                random -> {
                    try (var peer = new RawPeer()) {
                        var frames = new byte[20 * Header.BYTES];
                        for (var at = 0; at < frames.length; at += Header.BYTES) {
                            new Header(
                                            Header.Kind.of(random.nextInt(4)),
                                            random.nextInt(16),
                                            random.nextInt(6),
                                            random.nextInt(24))
                                    .encode(frames, at);
                        }
                        var mutant = Seeds.mutate(random, frames);
                        peer.send(mutant);
                        peer.hangUp();
                        assertThat(peer.side.closing()).isNotEqualTo("internal error");
                    }
                });
    }
}
