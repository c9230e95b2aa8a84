package org.p2prmb.libp2p.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Async;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.tls.ForgedCertificate.Kind;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawPair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import javax.net.ssl.SSLParameters;

/// What a peer may show in the handshake, as a dialer and as a listener.
@Timeout(60)
final class HostileTlsTest {
    private static final Consumer<SSLParameters> AS_IT_IS = _ -> {};

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();
    private final KeyPair mallory = KeyPair.generate(random);
    private final TlsSecurity ours =
            new TlsSecurity(
                    KeyPair.generate(random),
                    List.of("/yamux/1.0.0"),
                    random,
                    pool,
                    InstantSource.system());

    private CompletableFuture<SecureChannel> answer(RawPair pair) {
        return Async.run(
                () -> ours.respond(pair.listener(), new ChannelInput(pair.listener(), pool), null));
    }

    private SecureChannel dial(RawPair pair) throws IOException {
        var initiation = ours.initiate(mallory.peerId());
        pair.dialer().write(initiation.firstMessage(), 0, initiation.firstMessage().length);
        return initiation.finish(pair.dialer(), new ChannelInput(pair.dialer(), pool));
    }

    /// Both ways round: neither our listener nor our dialer takes `chain`.
    private void assertRefused(String because, OwnCertificate... chain) {
        var inbound = RawPair.create();
        var answering = answer(inbound);
        var dialer =
                Async.run(() -> new ForgedTls(inbound.dialer(), true, AS_IT_IS, chain).handshake());
        assertThatThrownBy(answering::join).hasMessageContaining(because);
        // A refused dialer has finished its own handshake, and hears of it when it reads.
        assertThatThrownBy(() -> dialer.join().read(new byte[1], 0, 1))
                .hasMessageContaining("alert");

        var outbound = RawPair.create();
        var listening =
                Async.run(() ->
                        new ForgedTls(outbound.listener(), false, AS_IT_IS, chain).handshake());
        assertThatThrownBy(() -> dial(outbound)).hasMessageContaining(because);
        assertThatThrownBy(listening::join).hasMessageContaining("alert");
    }

    @Test
    @DisplayName("py-libp2p#1367, nim-libp2p#1303: no authority, and Ed25519")
    void honestCertificatesOfEveryKindAreServed() throws Exception {
        for (var kind : List.of(Kind.P256, Kind.P384, Kind.ED25519, Kind.RSA_PKCS1)) {
            var shown = new ForgedCertificate(mallory, kind).shown();
            var pair = RawPair.create();
            var answering = answer(pair);
            var remote = new ForgedTls(pair.dialer(), true, AS_IT_IS, shown).handshake();
            remote.write(new byte[] {5}, 0, 1);

            assertThat(answering.join().remotePeer()).isEqualTo(mallory.peerId());
            assertThat(answering.join().next()).isEqualTo(5);
        }
    }

    /// GHSA-5hq8-qhww-jm7q and its kin.
    @Test
    void ghsa5hq8FaultyCertificatesEndTheHandshakeOnBothSides() {
        var old = new ForgedCertificate(mallory);
        assertRefused("not now", old.valid("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z").shown());
        var future = new ForgedCertificate(mallory);
        assertRefused(
                "not now", future.valid("2110-01-01T00:00:00Z", "2120-01-01T00:00:00Z").shown());
        assertRefused("names no libp2p peer", new ForgedCertificate(mallory).with().shown());
        assertRefused(
                "not signed by its own key",
                new ForgedCertificate(mallory).signedByAnother().shown());
        var twice = new ForgedCertificate(mallory);
        assertRefused(
                "repeated extensions",
                twice.with(twice.libp2p(mallory), twice.libp2p(mallory)).shown());
        var critical = new ForgedCertificate(mallory);
        var constraints =
                ForgedCertificate.extension(
                        ForgedCertificate.BASIC_CONSTRAINTS, true, Bytes.hex("3000"));
        assertRefused(
                "unknown critical", critical.with(critical.libp2p(mallory), constraints).shown());
    }

    @Test
    void ghsa5hq8ChainsOfTwoAreRefused() {
        var honest = new ForgedCertificate(mallory).shown();
        assertRefused("2 certificates", honest, new ForgedCertificate(mallory).shown());
    }

    @Test
    void identitiesThatDidNotSignAreRefused() {
        var forged = new ForgedCertificate(mallory);
        var victim = KeyPair.generate(random);
        assertRefused("identity did not sign", forged.with(forged.libp2p(victim, mallory)).shown());
    }

    /// py-libp2p#1340 took such a dialer in, as nobody.
    @Test
    void py1340ADialerWithoutACertificateIsRefused() {
        var pair = RawPair.create();
        var answering = answer(pair);
        var dialer = Async.run(() -> new ForgedTls(pair.dialer(), true, AS_IT_IS).handshake());

        assertThatThrownBy(answering::join).hasMessageContaining("tls:");
        assertThatThrownBy(() -> dialer.join().read(new byte[1], 0, 1))
                .hasMessageContaining("alert");
    }

    @Test
    void olderVersionsOfTlsAreRefused() {
        assertRefused(parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}));
    }

    @Test
    void aDialerThatSpeaksNothingOfOursInAlpnIsRefused() {
        assertRefused(parameters -> parameters.setApplicationProtocols(new String[] {"h2"}));
    }

    /// A dialer that is in order but for its parameters.
    private void assertRefused(Consumer<SSLParameters> parameters) {
        var shown = new ForgedCertificate(mallory).shown();
        var pair = RawPair.create();
        var answering = answer(pair);
        Async.run(() -> new ForgedTls(pair.dialer(), true, parameters, shown).handshake());

        assertThatThrownBy(answering::join).hasMessageContaining("tls:");
    }

    /// As rustls does with X25519MLKEM768: the first key share is of a group that we lack.
    @Test
    void aDialerWhoseFirstKeyShareWeLackIsAskedForAnother() throws Exception {
        var shown = new ForgedCertificate(mallory).shown();
        var pair = RawPair.create();
        var answering = answer(pair);
        var groups = new String[] {"secp521r1", "x25519"};
        new ForgedTls(pair.dialer(), true, parameters -> parameters.setNamedGroups(groups), shown)
                .handshake();

        assertThat(answering.join().remotePeer()).isEqualTo(mallory.peerId());
    }

    @Test
    void aChangeOfKeysIsAnsweredInFrontOfTheNextWrite() throws Exception {
        var pair = RawPair.create();
        var answering = answer(pair);
        var remote =
                new ForgedTls(
                        pair.dialer(), true, AS_IT_IS, new ForgedCertificate(mallory).shown());
        var pipe = remote.handshake();
        var channel = answering.join();

        for (var round = 0; round < 5; round++) {
            remote.engine().beginHandshake(); // In TLS 1.3: new keys, and the other side's too.
            pipe.write(new byte[] {1}, 0, 1);
            assertThat(channel.next()).isEqualTo(1);
            channel.write(new byte[] {2}, 0, 1);
            assertThat(pipe.read(new byte[10], 0, 10)).isEqualTo(1);
        }
    }

    @Test
    void recordsWithoutContentMayNotComeForEver() throws Exception {
        var pair = RawPair.create();
        var answering = answer(pair);
        var remote =
                new ForgedTls(
                        pair.dialer(), true, AS_IT_IS, new ForgedCertificate(mallory).shown());
        remote.handshake();
        var channel = answering.join();
        var record = ByteBuffer.allocate(20_000);
        for (var i = 0; i < 40; i++) {
            remote.engine().beginHandshake();
            remote.engine().wrap(ByteBuffer.allocate(0), record.clear());
            pair.dialer().write(record.array(), 0, record.position());
        }

        assertThatThrownBy(channel::next).hasMessageContaining("without content");
    }

    /// Who sends such a record now and then would else have us hold a large buffer for nothing.
    @Test
    void aRecordWithoutContentLeavesNoBufferBehind() throws Exception {
        var pair = RawPair.create();
        var answering = answer(pair);
        var remote =
                new ForgedTls(
                        pair.dialer(), true, AS_IT_IS, new ForgedCertificate(mallory).shown());
        remote.handshake();
        var channel = answering.join();
        var only = onlySpare();
        remote.engine().beginHandshake();
        var record = ByteBuffer.allocate(20_000);
        remote.engine().wrap(ByteBuffer.allocate(0), record);
        pair.dialer().write(record.array(), 0, record.position());
        var room = new byte[record.position() - 1];
        remote.engine().wrap(ByteBuffer.wrap(new byte[1]), record.clear());
        assertThat(record.position()).isLessThanOrEqualTo(room.length);
        pair.dialer().write(record.array(), 0, record.position());

        assertThat(channel.read(room, 0, room.length)).isEqualTo(1);
        assertThat(pool.take()).isSameAs(only);
    }

    /// Empties the pool but for one buffer.
    private byte[] onlySpare() {
        var only = pool.take();
        IntStream.range(0, 64).forEach(_ -> pool.take());
        pool.give(only);
        return only;
    }

    @Test
    void aClosedTlsIsTheEndOfTheChannel() throws Exception {
        var pair = RawPair.create();
        var answering = answer(pair);
        var remote =
                new ForgedTls(
                        pair.dialer(), true, AS_IT_IS, new ForgedCertificate(mallory).shown());
        remote.handshake();
        var channel = answering.join();
        remote.engine().closeOutbound();
        var record = ByteBuffer.allocate(20_000);
        remote.engine().wrap(ByteBuffer.allocate(0), record);
        pair.dialer().write(record.array(), 0, record.position());

        assertThat(channel.read(new byte[10], 0, 10)).isEqualTo(-1);
    }
}
