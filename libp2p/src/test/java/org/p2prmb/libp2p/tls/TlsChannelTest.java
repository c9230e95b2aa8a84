package org.p2prmb.libp2p.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Async;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.RawPair;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

@Timeout(60)
final class TlsChannelTest {
    private static final List<String> YAMUX = List.of("/yamux/1.0.0");

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();
    private final KeyPair dialer = KeyPair.generate(random);
    private final KeyPair listener = KeyPair.generate(random);
    private final KeyPair mallory = KeyPair.generate(random);
    private final RawPair pair = RawPair.create();

    private record Ends(SecureChannel dialer, SecureChannel listener) {}

    private TlsSecurity security(KeyPair identity, List<String> muxers) {
        return new TlsSecurity(identity, muxers, random, pool, InstantSource.system());
    }

    private SecureChannel initiate(RawChannel channel, List<String> muxers, PeerId expected)
            throws IOException {
        var initiation = security(dialer, muxers).initiate(expected);
        channel.write(initiation.firstMessage(), 0, initiation.firstMessage().length);
        return initiation.finish(channel, new ChannelInput(channel, pool));
    }

    private CompletableFuture<SecureChannel> respond(RawChannel channel, List<String> muxers) {
        return Async.run(() ->
                security(listener, muxers).respond(channel, new ChannelInput(channel, pool), null));
    }

    private Ends connect(List<String> initiators, List<String> responders) throws IOException {
        var answering = respond(pair.listener(), responders);
        return new Ends(initiate(pair.dialer(), initiators, listener.peerId()), answering.join());
    }

    @Test
    void bothSidesKnowEachOtherAndTheMuxer() throws IOException {
        var ends = connect(YAMUX, YAMUX);

        assertThat(ends.dialer().remotePublicKey()).isEqualTo(listener.publicKey());
        assertThat(ends.listener().remotePublicKey()).isEqualTo(dialer.publicKey());
        assertThat(ends.dialer().muxer()).contains("/yamux/1.0.0");
        assertThat(ends.listener().muxer()).contains("/yamux/1.0.0");
    }

    /// rust-libp2p offers and accepts only `libp2p`.
    @Test
    void withoutAMuxerInAlpnItIsNegotiatedLater() throws IOException {
        var ends = connect(YAMUX, List.of());

        assertThat(ends.dialer().muxer()).isEmpty();
        assertThat(ends.listener().muxer()).isEmpty();
    }

    @Test
    void theDialersOrderOfMuxersCounts() throws IOException {
        var ends = connect(List.of("/a", "/b"), List.of("/b", "/a"));

        assertThat(ends.listener().muxer()).contains("/a");
        assertThat(ends.dialer().muxer()).contains("/a");
    }

    @Test
    void anotherPeerThanTheDialledOneIsRefused() {
        respond(pair.listener(), YAMUX);

        assertThatThrownBy(() -> initiate(pair.dialer(), YAMUX, mallory.peerId()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("met " + listener.peerId());
    }

    @Test
    void anotherCallerThanTheExpectedOneIsRefused() throws IOException {
        var answering =
                Async.run(() ->
                        security(listener, YAMUX)
                                .respond(
                                        pair.listener(),
                                        new ChannelInput(pair.listener(), pool),
                                        mallory.peerId()));
        initiate(pair.dialer(), YAMUX, listener.peerId());

        assertThatThrownBy(answering::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("met " + dialer.peerId());
    }

    /// A session that could be resumed would skip the certificates: the server offers no ticket.
    @Test
    void noTicketFollowsTheHandshake() throws IOException {
        connect(YAMUX, YAMUX);

        assertThat(pair.dialer().idle()).isTrue();
    }

    /// Our reader of certificates is for handshakes of libp2p and nobody else in the process.
    @Test
    void outsideOfHandshakesTheJdkReadsCertificatesAsBefore() throws Exception {
        connect(YAMUX, YAMUX);

        var factory = CertificateFactory.getInstance("X.509");
        var nameless = new ForgedCertificate(dialer).encoded().toArray();
        assertThat(factory.getProvider().getName()).isEqualTo("SUN");
        assertThatThrownBy(() -> factory.generateCertificate(new ByteArrayInputStream(nameless)))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void whatIsWrittenArrivesInPiecesOfAnySize() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        Seeds.forEach(
                50,
                seed -> {
                    var message = Seeds.bytes(new SplittableRandom(seed.nextLong()), size(seed));
                    ends.dialer().write(message, 0, message.length);
                    var back = new byte[message.length];
                    for (var filled = 0; filled < back.length; ) {
                        var piece = Math.min(back.length - filled, 1 + seed.nextInt(70_000));
                        filled += ends.listener().read(back, filled, piece);
                    }
                    assertThat(back).isEqualTo(message);
                    assertThat(ends.listener().buffered()).isFalse();
                });
    }

    private static int size(RandomGenerator seed) {
        return switch (seed.nextInt(4)) {
            case 0 -> 1 + seed.nextInt(100);
            case 1 -> 16_383 + seed.nextInt(4);
            case 2 -> 131_070 + seed.nextInt(10);
            default -> 1 + seed.nextInt(400_000);
        };
    }

    @Test
    void oneByteAtATimeIsReadWhereANegotiationNeedsIt() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        ends.dialer().write(new byte[] {1, 2, 3}, 0, 3);

        assertThat(ends.listener().next()).isEqualTo(1);
        assertThat(ends.listener().buffered()).isTrue();
        assertThat(ends.listener().next()).isEqualTo(2);
        assertThat(ends.listener().next()).isEqualTo(3);
        ends.dialer().close();
        assertThatThrownBy(() -> ends.listener().next()).isInstanceOf(EOFException.class);
    }

    @Test
    void aFlippedBitClosesTheChannel() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        ends.dialer().write(new byte[100], 0, 100);
        var record = new byte[200];
        var size = pair.listener().read(record, 0, record.length);
        record[50] ^= 4;
        // Back on its way: it had been taken off the listener's channel.
        pair.dialer().write(record, 0, size);

        assertThatThrownBy(() -> ends.listener().read(new byte[200], 0, 200))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("tls:");
        assertThatThrownBy(() -> ends.dialer().write(record, 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void anEndInTheMiddleOfARecordIsAnError() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        pair.dialer().write(new byte[] {0x17, 3, 3, 1, 0, 7}, 0, 6);
        pair.dialer().close();

        assertThatThrownBy(() -> ends.listener().read(new byte[200], 0, 200))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void aRecordThatIsTooLongIsNotWaitedFor() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        pair.dialer().write(new byte[] {0x17, 3, 3, (byte) 0xff, (byte) 0xff}, 0, 5);

        assertThatThrownBy(() -> ends.listener().read(new byte[200], 0, 200))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("record of");
    }
}
