package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.memory.MemoryHost;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The shell around the router, on hosts without a network.
final class GossipSubTest {
    private static final String TOPIC = "topic";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<Node> nodes = new ArrayList<>();

    /// A host, its gossip and what it was given.
    private final class Node {
        final MemoryHost host;
        final GossipSub gossip;
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        Node(int number) {
            host = new MemoryHost(keys(number));
            gossip = GossipSub.start(host, GossipConfig.defaults());
            nodes.add(this);
        }

        Subscription subscribe() throws InterruptedException {
            return subscribe(Validator.ACCEPT_ALL);
        }

        Subscription subscribe(Validator validator) throws InterruptedException {
            return gossip.subscribe(TOPIC, validator, m -> heard.add(m.data().toUtf8()));
        }

        void publish(String text) throws InterruptedException {
            gossip.publish(TOPIC, Bytes.utf8(text));
        }

        String next() throws InterruptedException {
            var text = heard.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(text).as("a message within %s", LIMIT).isNotNull();
            return text;
        }

        void sees(int peers) throws InterruptedException {
            Eventually.holds(
                    "%d peers in the topic".formatted(peers),
                    () -> gossip.peers(TOPIC).size() == peers);
        }

        void close() {
            gossip.close();
            host.close();
        }
    }

    private static KeyPair keys(int number) {
        return KeyPair.ed25519(Bytes.wrap(Seeds.bytes(new SplittableRandom(number), 32)));
    }

    @AfterEach
    void closeAll() {
        nodes.forEach(Node::close);
    }

    /// Nodes in a line, all subscribed, all knowing their neighbours.
    private List<Node> line(int count) throws InterruptedException {
        var line = new ArrayList<Node>();
        for (var number = 0; number < count; number++) {
            var node = new Node(number);
            node.subscribe();
            if (number > 0) {
                line.getLast().host.connect(node.host);
            }
            line.add(node);
        }
        for (var number = 0; number < count; number++) {
            line.get(number).sees(number == 0 || number == count - 1 ? 1 : 2);
        }
        return line;
    }

    /// A peer that writes what it likes to `victim`.
    private Stream attack(Node victim, MemoryHost attacker)
            throws IOException, InterruptedException {
        attacker.handle("/meshsub/1.1.0", GossipSubTest::drain);
        var connection = attacker.connect(victim.host);
        var stream = connection.open(List.of("/meshsub/1.1.0"), LIMIT);
        var hello = Rpc.of(List.of(new SubscriptionChange(true, TOPIC)));
        send(stream, hello);
        Eventually.holds(
                "the attacker's subscription",
                () -> victim.gossip.peers(TOPIC).contains(attacker.peerId()));
        return stream;
    }

    /// Reads and forgets what the victim says.
    private static void drain(Stream stream) throws IOException {
        var chunk = new byte[1024];
        while (stream.read(chunk, 0, chunk.length) >= 0) {
            continue;
        }
    }

    private static void send(Stream stream, Rpc rpc) throws IOException {
        for (var frame : RpcWriter.encode(rpc)) {
            Frames.write(stream, frame.toArray());
        }
    }

    @Test
    void aLineOfFiveDeliversBothWays() throws Exception {
        var line = line(5);
        line.getFirst().publish("forth");
        for (var node : line.subList(1, 5)) {
            assertThat(node.next()).isEqualTo("forth");
        }
        line.getLast().publish("back");
        for (var node : line.subList(0, 4)) {
            assertThat(node.next()).isEqualTo("back");
        }
        assertThat(line.getFirst().heard).isEmpty();
        assertThat(line.getLast().heard).isEmpty();
    }

    @Test
    void aForgedMessageIsNeitherDeliveredNorForwarded() throws Exception {
        var line = line(2);
        var stream = attack(line.getFirst(), new MemoryHost(keys(100)));
        var policy = new StrictSign(MessageIds.SHA256);
        var signed = policy.sign(keys(7), 1, TOPIC, Bytes.utf8("true"));
        var bytes = signed.encoded().toArray();
        bytes[bytes.length - 1] ^= 1;
        var forged =
                new GossipMessage(
                        signed.id(), signed.from(), 1, TOPIC, signed.data(), Bytes.wrap(bytes));
        send(stream, Rpc.of(forged));
        Eventually.holds("the verification", () -> line.getFirst().gossip.counters().forged() == 1);
        send(stream, Rpc.of(signed));
        assertThat(line.getFirst().next()).isEqualTo("true");
        assertThat(line.getLast().next()).isEqualTo("true");
        assertThat(line.getLast().gossip.counters().validated()).isEqualTo(1);
    }

    @Test
    void aMalformedRpcCostsTheStreamAndNobodyElseNotices() throws Exception {
        var line = line(2);
        var stream = attack(line.getFirst(), new MemoryHost(keys(100)));
        Frames.write(stream, new byte[] {0x0a, 0x7f, 1});
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        line.getLast().publish("still here");
        assertThat(line.getFirst().next()).isEqualTo("still here");
    }

    @Test
    void anOversizedRpcIsRefusedByItsLengthAlone() throws Exception {
        var line = line(2);
        var stream = attack(line.getFirst(), new MemoryHost(keys(100)));
        stream.write(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f}, 0, 4);
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void aTopicThatNobodySubscribedToIsIgnored() throws Exception {
        var line = line(2);
        line.getFirst().gossip.publish("elsewhere", Bytes.utf8("unheard"));
        line.getFirst().publish("heard");
        assertThat(line.getLast().next()).isEqualTo("heard");
        assertThat(line.getLast().heard).isEmpty();
    }

    @Test
    void whoOnlyPublishesNeedNotSubscribe() throws Exception {
        var listener = new Node(1);
        listener.subscribe();
        var speaker = new Node(2);
        speaker.host.connect(listener.host);
        speaker.sees(1);
        speaker.publish("from outside");
        assertThat(listener.next()).isEqualTo("from outside");
    }

    @Test
    void rejectedAndIgnoredMessagesStopHere() throws Exception {
        var first = new Node(1);
        first.subscribe();
        var judge = new Node(2);
        judge.subscribe(message ->
                switch (message.data().toUtf8()) {
                    case "reject" -> Verdict.REJECT;
                    case "ignore" -> Verdict.IGNORE;
                    default -> Verdict.ACCEPT;
                });
        var last = new Node(3);
        last.subscribe();
        first.host.connect(judge.host);
        judge.host.connect(last.host);
        first.sees(1);
        judge.sees(2);
        last.sees(1);
        first.publish("ignore");
        first.publish("accept");
        assertThat(judge.next()).isEqualTo("accept");
        assertThat(last.next()).isEqualTo("accept");
        first.publish("reject");
        first.publish("accept again");
        assertThat(judge.next()).isEqualTo("accept again");
        assertThat(last.next()).isEqualTo("accept again");
    }

    @Test
    void aFailingValidatorIgnoresItsMessageOnly() throws Exception {
        var speaker = new Node(1);
        var judge = new Node(2);
        judge.subscribe(message -> {
            if (message.data().toUtf8().equals("bad")) {
                throw new IllegalStateException("a validator's bug");
            }
            return Verdict.ACCEPT;
        });
        speaker.host.connect(judge.host);
        speaker.sees(1);
        speaker.publish("bad");
        speaker.publish("good");
        assertThat(judge.next()).isEqualTo("good");
    }

    @Test
    void theApplicationMayCallBackAndBlockWithoutStoppingTheRouter() throws Exception {
        var gate = new CountDownLatch(1);
        var blocked = new Node(1);
        blocked.gossip.subscribe(
                TOPIC,
                Validator.ACCEPT_ALL,
                message -> {
                    assertThat(blocked.gossip.peers(TOPIC)).hasSize(2);
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        var left = new Node(2);
        var right = new Node(3);
        left.subscribe();
        right.subscribe();
        left.host.connect(blocked.host);
        right.host.connect(blocked.host);
        blocked.sees(2);
        left.sees(1);
        right.sees(1);
        left.publish("one");
        left.publish("two");
        assertThat(List.of(right.next(), right.next())).containsExactlyInAnyOrder("one", "two");
        gate.countDown();
    }

    @Test
    void aRestartedPeerIsHeardAgain() throws Exception {
        var line = line(2);
        line.getLast().close();
        line.getFirst().sees(0);
        var again = new Node(1);
        again.subscribe();
        line.getFirst().host.connect(again.host);
        line.getFirst().sees(1);
        again.sees(1);
        line.getFirst().publish("welcome");
        assertThat(again.next()).isEqualTo("welcome");
        again.publish("thanks");
        assertThat(line.getFirst().next()).isEqualTo("thanks");
    }

    @Test
    void gossipThatStartsAfterTheConnectionIsFound() throws Exception {
        var early = new Node(1);
        early.subscribe();
        var host = new MemoryHost(keys(2));
        early.host.connect(host);
        try (var late = GossipSub.start(host, GossipConfig.defaults())) {
            Eventually.holds("the early peer", () -> late.peers(TOPIC).size() == 1);
            late.publish(TOPIC, Bytes.utf8("better late"));
            assertThat(early.next()).isEqualTo("better late");
        }
    }

    @Test
    void leavingIsHeardByTheOthers() throws Exception {
        var line = line(2);
        var gossip = line.getLast().gossip;
        line.getFirst().sees(1);
        gossip.subscribe("second", Validator.ACCEPT_ALL, _ -> {}).close();
        nodes.getLast().gossip.close();
        line.getFirst().sees(0);
    }

    @Test
    void severalConnectionsToOnePeerDeliverOnce() throws Exception {
        var line = line(2);
        var second = line.getLast().host.connect(line.getFirst().host);
        line.getFirst().publish("once");
        assertThat(line.getLast().next()).isEqualTo("once");
        second.close();
        line.getFirst().publish("and again");
        assertThat(line.getLast().next()).isEqualTo("and again");
        assertThat(line.getLast().heard).isEmpty();
    }

    @Test
    void aLostStreamIsOpenedAgainOnTheOtherConnection() throws Exception {
        var line = line(2);
        line.getLast().host.connect(line.getFirst().host);
        line.getFirst().host.connections().getFirst().close();
        // What is published before the new stream is up may be lost with the old one.
        for (var attempt = 0; line.getLast().heard.isEmpty() && attempt < 1_000; attempt++) {
            line.getFirst().publish("message");
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(line.getLast().next()).isEqualTo("message");
        line.getFirst().sees(1);
    }

    /// It alone makes an RPC larger than we write otherwise.
    @Test
    void aTopicWithAnAbsurdlyLongNameCostsNoStream() throws Exception {
        var line = line(2);
        var absurd = "t".repeat(2 * RpcWriter.RPC_BYTES_MAX);
        line.getFirst().gossip.subscribe(absurd, Validator.ACCEPT_ALL, _ -> {});
        line.getFirst().publish("still here");
        assertThat(line.getLast().next()).isEqualTo("still here");
    }

    @Test
    void tooLargeAMessageIsNotPublished() throws Exception {
        var node = new Node(1);
        var large = Bytes.wrap(new byte[GossipConfig.defaults().streams().dataBytesMax() + 1]);
        assertThatThrownBy(() -> node.gossip.publish(TOPIC, large))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTopicIsJoinedOnceAtATime() throws Exception {
        var node = new Node(1);
        var subscription = node.subscribe();
        assertThatThrownBy(node::subscribe).isInstanceOf(IllegalStateException.class);
        subscription.close();
        node.subscribe();
        node.gossip.close();
        assertThatThrownBy(node::subscribe).isInstanceOf(IllegalStateException.class);
    }
}
