package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.PATIENCE;
import static org.p2prmb.node.TestAgents.RANDOM;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.message.RmbMessage;
import org.p2prmb.protocols.message.SealingKey;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The messenger between two hosts, with a real contact book on the sender's side.
final class MessengerTest {
    private static final MonotonicClock CLOCK = new MonotonicClock();
    private static final Outcome ANSWERED =
            new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("hello"));

    @TempDir private Path directory;
    private TestAgents hosts;
    private Store store;
    private Host sender;
    private Host receiver;

    /// The receiver's records that the sender asked for.
    private final CopyOnWriteArrayList<PeerId> refreshed = new CopyOnWriteArrayList<>();

    private Optional<SignedContact> newest = Optional.empty();

    /// How often the receiver looked for a key to open a seal with.
    private final AtomicInteger seals = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        hosts = new TestAgents(directory);
        store = Store.open(directory.resolve("store"), StoreConfig.defaults());
        sender = hosts.host(KeyPair.generate(RANDOM));
        receiver = hosts.host(KeyPair.generate(RANDOM));
    }

    @AfterEach
    void stop() {
        hosts.close();
        store.close();
    }

    @Test
    void theBodyIsSealedWhenTheRecordNamesAKey() throws Exception {
        var key = SealingKey.generate(RANDOM);
        learn(record(1, Optional.of(key)));
        receiver.handle(MessageServer.PROTOCOL, server(List.of(key)));
        assertThat(send(request())).isEqualTo(ANSWERED);
        assertThat(seals).hasValue(1);
        assertThat(refreshed).isEmpty();
    }

    @Test
    void theBodyIsClearWhenTheRecordNamesNone() throws Exception {
        learn(record(1, Optional.empty()));
        receiver.handle(MessageServer.PROTOCOL, server(List.of()));
        assertThat(send(request())).isEqualTo(ANSWERED);
        assertThat(seals).hasValue(0);
    }

    @Test
    void aReceiverWithAnotherKeyIsAskedForItsRecordAndReadsTheSecondTry() throws Exception {
        var key = SealingKey.generate(RANDOM);
        learn(record(1, Optional.of(SealingKey.generate(RANDOM))));
        newest = Optional.of(record(2, Optional.of(key)));
        receiver.handle(MessageServer.PROTOCOL, server(List.of(key)));
        assertThat(send(request())).isEqualTo(ANSWERED);
        assertThat(refreshed).containsExactly(receiver.peerId());
        assertThat(seals).hasValue(2);
    }

    @Test
    void aReceiverThatHidesItsNewKeyRefuses() throws Exception {
        learn(record(1, Optional.of(SealingKey.generate(RANDOM))));
        receiver.handle(MessageServer.PROTOCOL, server(List.of(SealingKey.generate(RANDOM))));
        assertThat(send(request()))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(415));
    }

    @Test
    void aRequestThatIsLostIsSentAgainUnderTheSameUid() throws Exception {
        learn(record(1, Optional.empty()));
        var streams = new AtomicInteger();
        var server = server(List.of());
        receiver.handle(
                MessageServer.PROTOCOL,
                stream -> {
                    if (streams.incrementAndGet() == 1) {
                        stream.reset();
                    } else {
                        server.serve(stream);
                    }
                });
        assertThat(send(request())).isEqualTo(ANSWERED);
        assertThat(streams).hasValue(2);
    }

    @Test
    void whatWasLostOnceIsNeverCalledOffline() throws Exception {
        learn(record(1, Optional.empty()));
        receiver.handle(
                MessageServer.PROTOCOL,
                stream -> {
                    stream.reset();
                    Thread.ofVirtual().start(receiver::close);
                });
        var outcome = send(request().expiringAfter(Duration.ofSeconds(3)));
        assertThat(outcome).isInstanceOf(Outcome.Lost.class);
    }

    @Test
    void whoCannotBeReachedIsOffline() throws Exception {
        var failFast = request().tagged("other " + Header.FAIL_FAST);
        assertThat(send(failFast)).isInstanceOf(Outcome.Offline.class);
        learn(record(1, Optional.empty()));
        receiver.close();
        var start = Instant.now();
        assertThat(send(failFast)).isInstanceOf(Outcome.Offline.class);
        assertThat(Instant.now()).isBefore(start.plusSeconds(5));
        var brief = request().expiringAfter(Duration.ofMillis(100));
        assertThat(send(brief)).isInstanceOf(Outcome.Offline.class);
    }

    @Test
    void whoComesBackInTimeGetsTheMessage() throws Exception {
        receiver.handle(MessageServer.PROTOCOL, server(List.of()));
        var sending = new FutureTask<>(() -> send(request()));
        var thread = Thread.ofVirtual().start(sending);
        Eventually.holds(
                "the first try has failed, or is about to",
                () -> thread.getState() == Thread.State.TIMED_WAITING);
        learn(record(1, Optional.empty()));
        assertThat(sending.get()).isEqualTo(ANSWERED);
    }

    @Test
    void closingEndsTheWaitForTheNextTry() throws Exception {
        var messenger = messenger();
        var sending = new FutureTask<>(() -> messenger.send(request()));
        var thread = Thread.ofVirtual().start(sending);
        Eventually.holds("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        messenger.close();
        assertThat(sending.get(1, TimeUnit.SECONDS)).isInstanceOf(Outcome.Offline.class);
    }

    private Outcome send(Request request) throws InterruptedException {
        return messenger().send(request);
    }

    private Messenger messenger() {
        return new Messenger(
                sender,
                store.contacts(),
                new MessageClient(sender.keys(), CLOCK),
                peer -> {
                    refreshed.add(peer);
                    return newest;
                },
                CLOCK);
    }

    private Request request() {
        return Request.to(receiver.peerId(), "echo", Bytes.utf8("hello"), RANDOM)
                .expiringAfter(PATIENCE);
    }

    private void learn(SignedContact record) {
        store.contacts()
                .remember(
                        List.of(
                                ContactIntake.contact(
                                        record, AddressScope.LOOPBACK, CLOCK.instant())));
        store.flush();
    }

    private SignedContact record(long sequence, Optional<SealingKey> key) {
        var record =
                new ContactRecord(
                        receiver.peerId(),
                        sequence,
                        receiver.listenAddresses(),
                        List.of(),
                        Duration.ofHours(1),
                        Instant.EPOCH,
                        Optional.empty(),
                        key.map(SealingKey::publicKey));
        return SignedContact.seal(record, receiver.keys());
    }

    private StreamHandler server(List<SealingKey> keys) {
        var handlers =
                new Handlers()
                        .register(
                                "echo",
                                AccessRule.ANYONE,
                                call -> new Answer.Result(call.schema(), call.payload()));
        return new MessageServer(
                receiver.keys(),
                () -> {
                    seals.incrementAndGet();
                    return keys;
                },
                new Access(Set.of(), store.owners()),
                handlers,
                new FreshUids(),
                CLOCK,
                MessageSettings.defaults());
    }
}
