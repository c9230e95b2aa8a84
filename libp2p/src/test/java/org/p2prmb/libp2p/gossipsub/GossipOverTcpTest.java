package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// GossipSub on real hosts over the loopback interface.
final class GossipOverTcpTest {
    private static final String TOPIC = "topic";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<Host> hosts = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private final class Node {
        final Host host;
        final GossipSub gossip;
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        private final Subscription subscription;

        Node(int number) throws IOException, InterruptedException {
            this(number, GossipConfig.defaults());
        }

        Node(int number, GossipConfig config) throws IOException, InterruptedException {
            host = host(number);
            gossip = GossipSub.start(host, config);
            subscription =
                    gossip.subscribe(
                            TOPIC, Validator.ACCEPT_ALL, m -> heard.add(m.data().toUtf8()));
            nodes.add(this);
        }

        void leave() {
            subscription.close();
        }

        void connect(Node other) throws IOException {
            GossipOverTcpTest.connect(host, other.host);
        }

        void publish(String text) throws InterruptedException {
            gossip.publish(TOPIC, Bytes.utf8(text));
        }

        String next() throws InterruptedException {
            var text = heard.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(text).as("a message within %s", LIMIT).isNotNull();
            return text;
        }

        void sees(int peers) {
            Eventually.holds(
                    "%d peers in the topic".formatted(peers),
                    () -> gossip.peers(TOPIC).size() == peers);
        }
    }

    private Host host(int number) throws IOException {
        var seed = Seeds.bytes(new SplittableRandom(number), 32);
        var host = TcpHost.start(HostConfig.defaults(KeyPair.ed25519(Bytes.wrap(seed))));
        hosts.add(host);
        return host;
    }

    private static void connect(Host dialler, Host listener) throws IOException {
        dialler.connect(listener.peerId(), listener.listenAddresses(), LIMIT);
    }

    @AfterEach
    void closeAll() {
        nodes.forEach(node -> node.gossip.close());
        hosts.forEach(Host::close);
    }

    private List<Node> line(int count) throws IOException, InterruptedException {
        var line = new ArrayList<Node>();
        for (var number = 0; number < count; number++) {
            line.add(new Node(number));
            if (number > 0) {
                line.get(number - 1).connect(line.get(number));
            }
        }
        for (var number = 0; number < count; number++) {
            line.get(number).sees(number == 0 || number == count - 1 ? 1 : 2);
        }
        return line;
    }

    @Test
    void fiveHostsInALineDeliverBothWays() throws Exception {
        var line = line(5);
        line.getFirst().publish("forth");
        for (var node : line.subList(1, 5)) {
            assertThat(node.next()).isEqualTo("forth");
        }
        line.getLast().publish("back");
        for (var node : line.subList(0, 4)) {
            assertThat(node.next()).isEqualTo("back");
        }
        assertThat(nodes).allSatisfy(node -> assertThat(node.heard).isEmpty());
    }

    @Test
    void aForgedMessageIsNotForwardedAndATopicOfNobodyIsIgnored() throws Exception {
        var line = line(2);
        var attacker = host(100);
        attacker.handle("/meshsub/1.1.0", GossipOverTcpTest::drain);
        connect(attacker, line.getFirst().host);
        var connection = attacker.connections().getFirst();
        try (var stream = connection.open(GossipConfig.defaults().streams().protocols(), LIMIT)) {
            send(stream, Rpc.of(List.of(new SubscriptionChange(true, TOPIC))));
            line.getFirst().sees(2);
            var policy = new StrictSign(MessageIds.SHA256);
            var signed = policy.sign(attacker.keys(), 1, TOPIC, Bytes.utf8("true"));
            var foreign = policy.sign(attacker.keys(), 2, "elsewhere", Bytes.utf8("unheard"));
            send(stream, Rpc.of(forged(signed)));
            send(stream, Rpc.of(foreign));
            Eventually.holds(
                    "the verification", () -> line.getFirst().gossip.counters().forged() == 1);
            send(stream, Rpc.of(signed));
            assertThat(line.getFirst().next()).isEqualTo("true");
            assertThat(line.getLast().next()).isEqualTo("true");
            assertThat(line.getLast().gossip.counters().received()).isEqualTo(1);
        }
        assertThat(nodes).allSatisfy(node -> assertThat(node.heard).isEmpty());
    }

    /// What a stranger, who speaks 1.2 and is in the mesh, hears when the first copy of a message
    /// comes from somebody else.
    @Test
    void aPeerOfVersion12HearsThatALargeMessageNeedNotBeSent() throws Exception {
        var line = line(2);
        var stranger = host(100);
        var heard = new LinkedBlockingQueue<Rpc>();
        stranger.handle("/meshsub/1.2.0", stream -> read(stream, heard));
        connect(stranger, line.getLast().host);
        try (var stream =
                stranger.connections()
                        .getFirst()
                        .open(GossipConfig.defaults().streams().protocols(), LIMIT)) {
            assertThat(stream.protocol()).isEqualTo("/meshsub/1.2.0");
            send(stream, Rpc.of(List.of(new SubscriptionChange(true, TOPIC))));
            Eventually.holds(
                    "the stranger in the mesh",
                    () -> line.getLast().gossip.mesh(TOPIC).contains(stranger.peerId()));
            line.getFirst().publish("x".repeat(2_000));
            assertThat(line.getLast().next()).hasSize(2_000);
            var unwanted = new ArrayList<Bytes>();
            while (unwanted.isEmpty()) {
                var rpc = heard.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                assertThat(rpc).as("an IDONTWANT within %s", LIMIT).isNotNull();
                assertThat(rpc.messages()).as("before the message").isEmpty();
                rpc.control().idontwant().forEach(word -> unwanted.addAll(word.ids()));
            }
            assertThat(unwanted).hasSize(1);
        }
    }

    private static void read(Stream stream, BlockingQueue<Rpc> heard) throws IOException {
        var codec = new GossipCodec(MessageIds.SHA256, Signatures.REAL);
        for (var frame = Frames.readOrEnd(stream, 1 << 20);
                frame.isPresent();
                frame = Frames.readOrEnd(stream, 1 << 20)) {
            heard.add(codec.decode(frame.get()));
        }
    }

    /// Whoever leaves a topic names the others, and those whom it told connect.
    @Test
    void peersOfAPeerThatLeavesFindEachOther() throws Exception {
        var line = line(3);
        var middle = line.get(1);
        var first = line.getFirst();
        first.gossip.rate(middle.host.peerId(), 100);
        middle.leave();
        Eventually.holds(
                "a connection of the ends",
                () -> !first.host.connections(line.getLast().host.peerId()).isEmpty());
        first.sees(1);
        first.publish("around the middle");
        assertThat(line.getLast().next()).isEqualTo("around the middle");
        assertThat(middle.heard).isEmpty();
    }

    @Test
    void aDirectPeerIsDialledAndGetsEveryMessage() throws Exception {
        var other = new Node(0);
        var addresses = Map.of(other.host.peerId(), other.host.listenAddresses());
        var node = new Node(1, GossipConfig.defaults().withDirectPeers(addresses));
        node.sees(1);
        assertThat(node.gossip.mesh(TOPIC)).isEmpty();
        node.publish("to whom I trust");
        assertThat(other.next()).isEqualTo("to whom I trust");
    }

    private static GossipMessage forged(GossipMessage signed) {
        var bytes = signed.encoded().toArray();
        bytes[bytes.length - 1] ^= 1;
        return new GossipMessage(
                signed.id(),
                signed.from(),
                signed.seqno(),
                signed.topic(),
                signed.data(),
                Bytes.wrap(bytes));
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
    void aPeerThatCrashesAndComesBackIsHeardAgain() throws Exception {
        var line = line(3);
        line.getLast().host.abort();
        line.get(1).sees(1);
        var again = new Node(2);
        line.get(1).connect(again);
        line.get(1).sees(2);
        again.sees(1);
        line.getFirst().publish("welcome");
        assertThat(again.next()).isEqualTo("welcome");
        again.publish("thanks");
        assertThat(line.getFirst().next()).isEqualTo("thanks");
    }

    @Test
    void aLargeMessageAndManySmallOnesArrive() throws Exception {
        var line = line(3);
        var large = "x".repeat(GossipConfig.defaults().streams().dataBytesMax());
        line.getFirst().publish(large);
        assertThat(line.getLast().next()).isEqualTo(large);
        for (var number = 0; number < 500; number++) {
            line.getFirst().publish("small " + number);
        }
        var heard = new ArrayList<String>();
        for (var number = 0; number < 500; number++) {
            heard.add(line.getLast().next());
        }
        assertThat(heard).doesNotHaveDuplicates();
    }
}
