package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.identity.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Our side of the talk with one peer: the one stream that we write on, whatever the number of
/// connections, and the stream that we read its RPCs from.
///
/// A lost stream is opened again a few times, each time after a longer pause; then the peer is
/// given up until it shows up again.
final class PeerLink {
    /// Who is told what becomes of a link.
    interface Owner {
        /// A stream is open, and this is what the peer speaks.
        void agreed(PeerLink link, GossipVersion version);

        /// What was sent before may be lost.
        void reopened(PeerLink link);

        /// Nothing can be sent any more.
        void lost(PeerLink link);
    }

    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// A stream that lived this long was no failed attempt.
    private static final Duration HEALTHY = Duration.ofMinutes(1);

    private final PeerId peer;
    private final Host host;
    private final GossipStreams limits;
    private final Owner owner;
    private final OutboundQueue queue;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread writer;
    private byte[] buffer = new byte[RpcWriter.RPC_BYTES_MAX + Varint.BYTES_MAX];
    private volatile Bytes record = Bytes.EMPTY;

    /// Since when the peer lets us wait, by the clock of [System#nanoTime]; null when it does not.
    private volatile @Nullable Long waiting;

    private @Nullable Stream inbound;
    private @Nullable Stream outbound;

    PeerLink(PeerId peer, Host host, GossipStreams limits, SendRoom room, Owner owner) {
        this.peer = peer;
        this.host = host;
        this.limits = limits;
        this.owner = owner;
        this.queue = new OutboundQueue(limits, room, System::nanoTime);
        this.writer = Thread.ofVirtual().name("gossip-to-" + peer.shortText()).unstarted(this::run);
    }

    PeerId peer() {
        return peer;
    }

    /// The peer's signed record, empty when it sent none.
    Bytes record() {
        return record;
    }

    void identified(Bytes sealedRecord) {
        record = sealedRecord;
    }

    void start() {
        writer.start();
    }

    /// False when it was dropped.
    boolean offer(Rpc rpc) {
        return queue.offer(rpc);
    }

    void offer(GossipMessage message) {
        queue.offer(message);
    }

    /// Ends a stream that has kept us waiting for too long: its peer reads nothing. What has waited
    /// for long goes before that.
    synchronized void resetStalled() {
        queue.expire();
        var since = waiting;
        var stream = outbound;
        if (since != null
                && stream != null
                && System.nanoTime() - since > limits.writeMax().toNanos()) {
            breakOff(stream, "the peer takes nothing");
            stream.reset();
        }
    }

    /// Notes the stream that the peer writes on; an older one is reset.
    synchronized void reading(Stream stream) {
        if (inbound != null) {
            inbound.reset();
        }
        inbound = stream;
        if (closed.getCount() == 0) {
            stream.reset();
        }
    }

    synchronized void close() {
        closed.countDown();
        writer.interrupt();
        queue.close();
        if (inbound != null) {
            inbound.reset();
        }
    }

    private void run() {
        try {
            writeUntilGivenUp();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed: the thread ends here.
        } finally {
            owner.lost(this);
        }
    }

    private void writeUntilGivenUp() throws InterruptedException {
        var failures = 0;
        while (failures < limits.openAttemptsMax()) {
            var open = connection();
            if (open.isEmpty()) {
                return;
            }
            var started = System.nanoTime();
            try {
                var stream = open.get().open(limits.protocols(), limits.openLimit());
                stream.background();
                watch(stream);
                GossipVersion.of(stream.protocol()).ifPresent(it -> owner.agreed(this, it));
                if (queue.restart() || failures > 0) {
                    owner.reopened(this);
                }
                write(stream);
            } catch (ProtocolException e) {
                log.debug("{} does not speak gossip: {}", peer.shortText(), e.getMessage());
                return;
            } catch (IOException e) {
                log.debug("stream to {} failed: {}", peer.shortText(), e.toString());
            }
            var healthy = System.nanoTime() - started > HEALTHY.toNanos();
            failures = healthy ? 1 : failures + 1;
            var pause = PAUSE.multipliedBy(1L << Math.min(failures, 10)).toMillis();
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private Optional<Connection> connection() {
        return host.connections(peer).stream().filter(Connection::isOpen).findFirst();
    }

    /// Nobody answers on this stream, but a reset tells at once that the peer does not read it.
    private void watch(Stream stream) {
        synchronized (this) {
            outbound = stream;
        }
        Thread.ofVirtual()
                .name("gossip-watch-" + peer.shortText())
                .start(() -> {
                    try {
                        var unexpected = stream.read(new byte[1], 0, 1);
                        if (unexpected > 0) {
                            breakOff(stream, "the peer answered on our stream");
                            stream.reset(); // Or a write that the peer does not take stays for
                            // ever.
                        }
                    } catch (IOException e) {
                        breakOff(stream, e.toString());
                    }
                });
    }

    private synchronized void breakOff(Stream stream, String reason) {
        if (stream.equals(outbound)) {
            outbound = null;
            queue.breakOff(reason);
        }
    }

    /// Writes all that comes until the stream fails or the link is closed.
    private void write(Stream stream) throws IOException, InterruptedException {
        try {
            while (true) {
                var batch = queue.take();
                for (var rpc : batch.control()) {
                    for (var frame : RpcWriter.encode(rpc)) {
                        var at = begin(frame.size());
                        System.arraycopy(frame.unsafeArray(), 0, buffer, at, frame.size());
                        send(stream, at + frame.size());
                    }
                }
                if (!batch.messages().isEmpty()) {
                    write(stream, batch.messages());
                }
            }
        } catch (InterruptedException e) {
            stream.close();
            throw e;
        } catch (IOException | RuntimeException e) {
            stream.reset();
            throw e;
        }
    }

    private void write(Stream stream, List<GossipMessage> messages) throws IOException {
        var at = begin(messages.stream().mapToInt(RpcWriter::size).sum());
        for (var message : messages) {
            at = RpcWriter.write(message, buffer, at);
        }
        send(stream, at);
    }

    /// Writes the first `size` bytes of the buffer.
    private void send(Stream stream, int size) throws IOException {
        waiting = System.nanoTime();
        try {
            stream.write(buffer, 0, size);
        } finally {
            waiting = null;
        }
    }

    /// Begins a frame of `size` bytes; returns where its body goes.
    private int begin(int size) {
        if (size + Varint.BYTES_MAX > buffer.length) {
            buffer = new byte[size + Varint.BYTES_MAX]; // One message larger than our RPCs.
        }
        return Varint.write(size, buffer, 0);
    }
}
