package org.p2prmb.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Async;
import org.p2prmb.libp2p.Nested;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.secure.Muxers;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.RawPair;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletionException;

@Timeout(60)
final class NoiseChannelTest {
    private static final List<String> YAMUX = List.of("/yamux/1.0.0");

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();
    private final KeyPair dialer = KeyPair.generate(random);
    private final KeyPair listener = KeyPair.generate(random);
    private final KeyPair mallory = KeyPair.generate(random);
    private final RawPair pair = RawPair.create();

    @Test
    void bothSidesLearnWhoTheOtherIs() throws IOException {
        var ends = connect(YAMUX, YAMUX);

        assertThat(ends.dialer().remotePeer()).isEqualTo(listener.peerId());
        assertThat(ends.dialer().remotePublicKey()).isEqualTo(listener.publicKey());
        assertThat(ends.listener().remotePeer()).isEqualTo(dialer.peerId());
        assertThat(ends.dialer().muxer()).contains("/yamux/1.0.0");
        assertThat(ends.listener().muxer()).contains("/yamux/1.0.0");
    }

    @Test
    @DisplayName("js-noise#519: early muxers without a muxer")
    void aSideThatNamesNoMuxerNegotiatesOneLater() throws IOException {
        assertThat(connect(YAMUX, List.of()).dialer().muxer()).isEmpty();
        assertThat(connect(List.of(), YAMUX).listener().muxer()).isEmpty();
    }

    @Test
    void theInitiatorsFirstCommonMuxerIsChosen() throws IOException {
        assertThat(Muxers.common(List.of("/a", "/b"), List.of("/b", "/a"))).contains("/a");
        assertThatThrownBy(() -> Muxers.common(List.of("/a"), List.of("/b")))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void anotherPeerThanTheDialledOneIsRefused() {
        var answering = Async.run(() -> respond(pair.listener(), YAMUX, null));

        assertThatThrownBy(() -> initiate(pair.dialer(), YAMUX, mallory.peerId()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(mallory.peerId().toString());
        pair.dialer().close();
        assertThatThrownBy(answering::join).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void anotherCallerThanTheExpectedOneIsRefused() throws IOException {
        var answering = Async.run(() -> respond(pair.listener(), YAMUX, mallory.peerId()));
        initiate(pair.dialer(), YAMUX, listener.peerId());

        assertThatThrownBy(answering::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName("dotnet-libp2p#192, litep2p#278: the signature is never checked")
    void theListenersFalseIdentityIsRefused() {
        for (var lie = 0; lie < 3; lie++) {
            var channels = RawPair.create();
            var forged = new ForgedNoise(channels.listener());
            var payload = lie(forged, lie, listener);
            Async.run(() -> forged.respond(payload));

            assertThatThrownBy(() -> initiate(channels.dialer(), YAMUX, listener.peerId()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("did not sign");
        }
    }

    @Test
    @DisplayName("dotnet-libp2p#192, litep2p#278: nor that of a dialer")
    void theDialersFalseIdentityIsRefused() throws IOException {
        for (var lie = 0; lie < 3; lie++) {
            var channels = RawPair.create();
            var forged = new ForgedNoise(channels.dialer());
            var answering = Async.run(() -> respond(channels.listener(), YAMUX, null));
            forged.endAsInitiator(forged.beginAsInitiator(), lie(forged, lie, dialer));

            assertThatThrownBy(answering::join)
                    .hasCauseInstanceOf(ProtocolException.class)
                    .hasMessageContaining("did not sign");
        }
    }

    private byte[] lie(ForgedNoise forged, int lie, KeyPair victim) {
        return switch (lie) {
            case 0 -> forged.replayed(victim);
            case 1 -> forged.swapped(victim, mallory);
            default -> forged.flipped(victim);
        };
    }

    @Test
    @DisplayName("CVE-2023-39533: huge RSA keys, of a listener and of a dialer")
    void identitiesOfHugeKeysAreRefusedForTheirSize() throws IOException {
        var listens = new ForgedNoise(pair.listener());
        Async.run(() -> listens.respond(listens.huge()));
        assertThatThrownBy(() -> initiate(pair.dialer(), YAMUX, listener.peerId()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("8676 bits");

        var channels = RawPair.create();
        var dials = new ForgedNoise(channels.dialer());
        var answering = Async.run(() -> respond(channels.listener(), YAMUX, null));
        dials.endAsInitiator(dials.beginAsInitiator(), dials.huge());
        assertThatThrownBy(answering::join)
                .hasCauseInstanceOf(ProtocolException.class)
                .hasMessageContaining("8676 bits");
    }

    @Test
    void malformedPayloadsAreRefused() throws IOException {
        Seeds.forEach(
                200,
                seed -> {
                    var channels = RawPair.create();
                    var forged = new ForgedNoise(channels.dialer());
                    var answering = Async.run(() -> respond(channels.listener(), YAMUX, null));
                    var junk = Seeds.mutate(seed, forged.honest(dialer, YAMUX));
                    forged.endAsInitiator(forged.beginAsInitiator(), junk);
                    try {
                        // Some changes spare key and signature.
                        assertThat(answering.join().remotePeer()).isEqualTo(dialer.peerId());
                    } catch (CompletionException e) {
                        assertThat(e).hasCauseInstanceOf(ProtocolException.class);
                    }
                });
    }

    @Test
    void deeplyNestedFieldsInAPayloadAreRefused() throws IOException {
        var forged = new ForgedNoise(pair.dialer());
        var answering = Async.run(() -> respond(pair.listener(), YAMUX, null));
        var payload = Bytes.wrap(forged.honest(dialer, YAMUX)).concat(Nested.groups());
        forged.endAsInitiator(forged.beginAsInitiator(), payload.toArray());

        assertThatThrownBy(answering::join).hasCauseInstanceOf(ProtocolException.class);
    }

    @Test
    void aFirstMessageWithPayloadIsRefusedByItsLengthAlone() throws IOException {
        pair.dialer().write(new byte[] {0, 33}, 0, 2);

        assertThatThrownBy(() -> respond(pair.listener(), YAMUX, null))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("33 bytes");
    }

    @Test
    void anOversizedHandshakeMessageIsRefusedByItsLengthAlone() throws IOException {
        pair.listener().write(new byte[] {(byte) 0xff, (byte) 0xff}, 0, 2);

        assertThatThrownBy(() -> initiate(pair.dialer(), YAMUX, listener.peerId()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("65535 bytes");
    }

    @Test
    @DisplayName("nim-libp2p#685: frames of any size")
    void whateverIsWrittenIsReadWhateverTheSizes() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        Seeds.forEach(
                30,
                seed -> {
                    var sent = Seeds.bytes(seed, sizes(seed));
                    var offset = seed.nextInt(0, 10);
                    var padded = new byte[offset + sent.length];
                    System.arraycopy(sent, 0, padded, offset, sent.length);
                    ends.dialer().write(padded, offset, sent.length);
                    var received = new byte[sent.length];
                    for (var filled = 0; filled < received.length; ) {
                        var room = Math.min(sizes(seed) + 1, received.length - filled);
                        filled += ends.listener().read(received, filled, room);
                    }
                    assertThat(received).isEqualTo(sent);
                });
    }

    private static int sizes(java.util.random.RandomGenerator seed) {
        return switch (seed.nextInt(4)) {
            case 0 -> seed.nextInt(100);
            case 1 -> seed.nextInt(5_000);
            case 2 -> NoiseChannel.PLAINTEXT_MAX - 2 + seed.nextInt(4);
            default -> seed.nextInt(400_000);
        };
    }

    @Test
    void theEndOfTheChannelIsSeenAndACutInAFrameIsAnError() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        ends.dialer().write(new byte[] {7}, 0, 1);
        pair.dialer().close();
        var buffer = new byte[10];

        assertThat(ends.listener().read(buffer, 0, 10)).isEqualTo(1);
        assertThat(ends.listener().read(buffer, 0, 10)).isEqualTo(-1);

        var channels = RawPair.create();
        var other = connect(channels, YAMUX, YAMUX);
        channels.dialer().write(new byte[] {0, 40, 1}, 0, 3);
        channels.dialer().close();

        assertThatThrownBy(() -> other.listener().read(buffer, 0, 10))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void aTamperedFrameClosesTheChannel() throws IOException {
        Seeds.forEach(
                50,
                seed -> {
                    var channels = RawPair.create();
                    var forged = new ForgedNoise(channels.dialer());
                    var answering = Async.run(() -> respond(channels.listener(), YAMUX, null));
                    var keys =
                            forged.endAsInitiator(
                                    forged.beginAsInitiator(), forged.honest(dialer, YAMUX));
                    var receiver = answering.join();
                    var plain = Seeds.bytes(seed, 100);
                    forged.sendFrame(keys, plain, -1);
                    forged.sendFrame(keys, plain, seed.nextInt(116 * 8));
                    var buffer = new byte[100];

                    assertThat(receiver.read(buffer, 0, 100)).isEqualTo(100);
                    assertThat(buffer).isEqualTo(plain);
                    assertThatThrownBy(() -> receiver.read(buffer, 0, 100))
                            .isInstanceOf(ProtocolException.class)
                            .hasMessageContaining("not authentic");
                    assertThatThrownBy(() -> channels.dialer().write(buffer, 0, 1))
                            .isInstanceOf(IOException.class);
                });
    }

    @Test
    @DisplayName("public-disclosures#26: a message shorter than its decoder assumes")
    void aFrameTooShortForItsTagIsRefused() throws IOException {
        var ends = connect(YAMUX, YAMUX);
        pair.dialer().write(new byte[17], 0, 17);

        assertThatThrownBy(() -> ends.listener().read(new byte[10], 0, 10))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void hostsOfOneProcessHaveNoStaticKeyInCommon() throws IOException {
        var first = new ForgedNoise(pair.dialer());
        var one = Async.run(() -> respond(pair.listener(), YAMUX, null));
        var seen = first.beginAsInitiator().remoteStatic();
        var channels = RawPair.create();
        var second = new ForgedNoise(channels.dialer());
        var other = Async.run(() -> respond(channels.listener(), YAMUX, null));

        assertThat(second.beginAsInitiator().remoteStatic()).isNotEqualTo(seen);
        pair.dialer().close();
        channels.dialer().close();
        assertThatThrownBy(one::join).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(other::join).hasCauseInstanceOf(IOException.class);
    }

    private record Ends(SecureChannel dialer, SecureChannel listener) {}

    private Ends connect(List<String> initiators, List<String> responders) throws IOException {
        return connect(pair, initiators, responders);
    }

    private Ends connect(RawPair channels, List<String> initiators, List<String> responders)
            throws IOException {
        var answering = Async.run(() -> respond(channels.listener(), responders, null));
        var first = initiate(channels.dialer(), initiators, listener.peerId());
        return new Ends(first, answering.join());
    }

    private SecureChannel initiate(RawChannel channel, List<String> muxers, PeerId expected)
            throws IOException {
        var noise = new NoiseSecurity(dialer, muxers, random, pool);
        var initiation = noise.initiate(expected);
        channel.write(initiation.firstMessage(), 0, initiation.firstMessage().length);
        return initiation.finish(channel, new ChannelInput(channel, pool));
    }

    private SecureChannel respond(
            RawChannel channel, List<String> muxers, @Nullable PeerId expected) throws IOException {
        return new NoiseSecurity(listener, muxers, random, pool)
                .respond(channel, new ChannelInput(channel, pool), expected);
    }
}
