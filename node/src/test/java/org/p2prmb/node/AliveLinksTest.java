package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// The links of two agents with each other, over streams in memory.
final class AliveLinksTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyPair leftKeys = KeyPair.generate(RANDOM);
    private final KeyPair rightKeys = KeyPair.generate(RANDOM);
    private final PeerId left = leftKeys.peerId();
    private final PeerId right = rightKeys.peerId();
    private final ConnectionPair connections = new ConnectionPair(leftKeys, rightKeys);
    private final Side lefts = new Side(left, connections.left(), 8);
    private final Side rights = new Side(right, connections.right(), 8);

    AliveLinksTest() {
        connections.leftServes(AliveFrame.PROTOCOL, lefts.links::serve);
        connections.rightServes(AliveFrame.PROTOCOL, rights.links::serve);
    }

    @AfterEach
    void close() {
        lefts.links.close();
        rights.links.close();
    }

    /// One agent's links, and what they told.
    private static final class Side implements AliveLinks.Listener {
        final AliveLinks links;
        final Queue<String> told = new ConcurrentLinkedQueue<>();
        final Queue<AliveFrame> received = new ConcurrentLinkedQueue<>();
        final AtomicInteger opens = new AtomicInteger();
        final CountDownLatch mayOpen = new CountDownLatch(1);
        volatile @Nullable Stream newest;
        private final Connection connection;

        Side(PeerId self, Connection connection, int linksMax) {
            this.connection = connection;
            this.links = new AliveLinks(self, linksMax, this::open, this, new MonotonicClock());
        }

        private boolean open(PeerId peer) {
            opens.incrementAndGet();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            mayOpen.await();
                            if (!peer.equals(connection.remotePeer())) {
                                throw new IOException("nobody is there");
                            }
                            var stream = connection.open(List.of(AliveFrame.PROTOCOL), LIMIT);
                            newest = stream;
                            links.opened(stream);
                        } catch (IOException | InterruptedException e) {
                            failed(peer);
                        }
                    });
            return true;
        }

        private void failed(PeerId peer) {
            try {
                links.notOpened(peer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void up(PeerId peer) {
            told.add("up");
        }

        @Override
        public void down(PeerId peer) {
            told.add("down");
        }

        @Override
        public void received(Connection over, AliveFrame frame) {
            received.add(frame);
        }
    }

    @Test
    void aFrameOpensTheLinkAndOthersWaitForIt() {
        lefts.links.send(right, ping(1));
        lefts.links.send(right, ping(2));
        lefts.mayOpen.countDown();
        Eventually.holds("both arrive", () -> rights.received.size() == 2);
        rights.links.send(left, ping(3));
        Eventually.holds("the answer takes the same link", () -> lefts.received.size() == 1);
        assertThat(rights.received).containsExactly(ping(1), ping(2));
        assertThat(lefts.opens).hasValue(1);
        assertThat(rights.opens).hasValue(0);
        assertThat(lefts.told).containsExactly("up");
        assertThat(rights.told).containsExactly("up");
    }

    @RepeatedTest(20)
    void bothSidesThatOpenAtOnceSettleOnOneLinkAndLoseNothing() {
        for (int nonce = 0; nonce < 10; nonce++) {
            lefts.links.send(right, ping(nonce));
            rights.links.send(left, ping(nonce));
        }
        lefts.mayOpen.countDown();
        rights.mayOpen.countDown();
        Eventually.holds(
                "all arrive", () -> lefts.received.size() == 10 && rights.received.size() == 10);
        Eventually.holds(
                "one link is left",
                () -> lefts.links.streams(right) == 1 && rights.links.streams(left) == 1);
        lefts.links.send(right, ping(10));
        rights.links.send(left, ping(10));
        Eventually.holds(
                "it works both ways",
                () -> lefts.received.size() == 11 && rights.received.size() == 11);
        assertThat(lefts.told).containsExactly("up");
        assertThat(rights.told).containsExactly("up");
    }

    @Test
    void whatDoesNotFitIsLost() {
        for (int nonce = 0; nonce < 1_000; nonce++) {
            lefts.links.send(right, ping(nonce));
        }
        lefts.mayOpen.countDown();
        Eventually.holds("the first arrive", () -> rights.received.size() == AliveLink.QUEUE_MAX);
        lefts.links.send(right, ping(-1));
        Eventually.holds("the link works", () -> rights.received.contains(ping(-1)));
        assertThat(rights.received).hasSize(AliveLink.QUEUE_MAX + 1);
    }

    @Test
    void aLinkThatEndsIsToldOnceAndMayBeOpenedAgain() {
        open();
        Objects.requireNonNull(lefts.newest).reset();
        Eventually.holds("both know", () -> lefts.told.contains("down"));
        Eventually.holds("nothing is kept", () -> lefts.links.size() == 0);
        lefts.links.send(right, ping(2));
        Eventually.holds("it works again", () -> rights.received.contains(ping(2)));
        assertThat(lefts.told).containsExactly("up", "down", "up");
    }

    @Test
    void aLinkThatCannotBeOpenedKeepsNothing() {
        connections.close();
        lefts.links.send(right, ping(1));
        lefts.mayOpen.countDown();
        Eventually.holds("it is given up", () -> lefts.links.size() == 0);
        assertThat(lefts.told).isEmpty();
    }

    @Test
    void theLinkUnusedForLongestMakesRoom() {
        var few = new Side(left, connections.left(), 1);
        few.mayOpen.countDown();
        few.links.send(right, ping(1));
        Eventually.holds("it is up", () -> few.told.contains("up"));
        few.links.open(KeyPair.generate(RANDOM).peerId());
        Eventually.holds("it is gone", () -> few.told.contains("down"));
        few.links.close();
    }

    @Test
    void theLastWordsAreSaidBeforeTheEnd() throws Exception {
        open();
        for (int nonce = 2; nonce < 20; nonce++) {
            lefts.links.send(right, ping(nonce));
        }
        lefts.links.finish(LIMIT);
        assertThat(lefts.links.size()).isZero();
        assertThat(rights.received).hasSize(19);
        lefts.links.send(right, ping(20));
        assertThat(lefts.links.size()).isZero();
    }

    private void open() {
        lefts.mayOpen.countDown();
        lefts.links.send(right, ping(1));
        Eventually.holds("it is up", () -> rights.received.contains(ping(1)));
    }

    private static AliveFrame ping(long nonce) {
        return new AliveFrame.Ping(nonce);
    }
}
