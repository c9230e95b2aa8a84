package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialStatus;
import org.p2prmb.libp2p.autonat.AutoNatMessage.Status;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Dials who asks for it and says whether that worked: the server of AutoNAT v2.
///
/// ```
/// client                                        server
///   | -- DialRequest addresses, nonce ----------> |
///   | <- DialDataRequest bytes ------------------ |   only if the address is not the client's own
///   | -- DialDataResponse ... ------------------> |
///   | <=========== new connection from another identity ===
///   | <- DialBack nonce ------------------------- |
///   | -- DialBackResponse ----------------------> |
///   | <- DialResponse status, address, dial ----- |
/// ```
///
/// Nobody is dialled for less than it costs the asker, unless it is the asker itself. See the
/// [specification](https://github.com/libp2p/specs/blob/master/autonat/autonat-v2.md).
public final class AutoNatServer implements AutoCloseable {
    public static final String DIAL_REQUEST = "/libp2p/autonat/2/dial-request";
    public static final String DIAL_BACK = "/libp2p/autonat/2/dial-back";

    static final int DATA_BYTES_MIN = 30_000;
    static final int DATA_BYTES_MAX = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(AutoNatServer.class);
    private static final String EVERYBODY = "everybody";

    private final Host host;
    private final AutoNatConfig config;
    private final Dialers dialers;
    private final RandomGenerator random;
    private final InstantSource clock;

    private final Door door;

    /// Makes the hosts that dial back.
    @FunctionalInterface
    public interface Dialers {
        /// A new host that does not listen, with an identity of its own: it has no connection with
        /// anybody, and no peer can know that it is we.
        Host start() throws IOException;
    }

    /// Who may ask now.
    private static final class Door {
        private final TokenBuckets<String> together;
        private final TokenBuckets<PeerId> each;
        private final Set<PeerId> running = new HashSet<>();
        private final int runningMax;

        Door(AutoNatConfig config) {
            var minute = Duration.ofMinutes(1);
            this.together =
                    new TokenBuckets<>(
                            minute.dividedBy(config.requestsPerMinute()),
                            config.requestsPerMinute());
            this.each =
                    new TokenBuckets<>(
                            minute.dividedBy(config.requestsPerPeer()), config.requestsPerPeer());
            this.runningMax = config.runningMax();
        }

        /// The peer first: one that asks too often must not use up what is everybody's.
        synchronized boolean enters(PeerId peer, InstantSource clock) {
            var now = clock.instant();
            if (running.size() >= runningMax
                    || running.contains(peer)
                    || !each.take(peer, now)
                    || !together.take(EVERYBODY, now)) {
                return false;
            }
            return running.add(peer);
        }

        synchronized void leaves(PeerId peer) {
            running.remove(peer);
        }
    }

    private AutoNatServer(
            Host host,
            AutoNatConfig config,
            Dialers dialers,
            RandomGenerator random,
            InstantSource clock) {
        this.host = host;
        this.config = config;
        this.dialers = dialers;
        this.random = random;
        this.clock = clock;
        this.door = new Door(config);
    }

    /// Answers from now on.
    public static AutoNatServer serve(
            Host host,
            AutoNatConfig config,
            Dialers dialers,
            RandomGenerator random,
            InstantSource clock) {
        var server = new AutoNatServer(host, config, dialers, random, clock);
        host.handle(DIAL_REQUEST, server::serve);
        return server;
    }

    private void serve(Stream stream) throws IOException {
        stream.deadline(config.patience());
        var peer = stream.remotePeer();
        if (stream.connection().remoteAddress().isCircuit() || !door.enters(peer, clock)) {
            AutoNatCodec.write(stream, DialResponse.refused(Status.REQUEST_REJECTED));
            return;
        }
        try {
            if (!(AutoNatCodec.read(stream) instanceof DialRequest request)) {
                throw new ProtocolException("the first message is no request");
            }
            answer(stream, request);
        } finally {
            door.leaves(peer);
        }
    }

    private void answer(Stream stream, DialRequest request) throws IOException {
        for (var index = 0; index < request.addresses().size(); index++) {
            var address = Multiaddr.decodeKnown(request.addresses().get(index));
            if (address.isPresent() && dials(address.get(), stream.remotePeer())) {
                if (!isOwn(address.get(), stream)) {
                    takeData(stream, index);
                }
                stream.deadline(config.dial().plus(config.dialBack()).plus(config.patience()));
                var dial = dial(stream.remotePeer(), address.get(), request.nonce());
                AutoNatCodec.write(stream, new DialResponse(Status.OK, index, dial));
                return;
            }
        }
        AutoNatCodec.write(stream, DialResponse.refused(Status.DIAL_REFUSED));
    }

    /// Names are not looked up: what they stand for may be anything by the time of the dial.
    private boolean dials(Multiaddr address, PeerId peer) {
        return !address.isCircuit()
                && address.tcpAddress().isPresent()
                && address.scope().filter(config.scopes()::contains).isPresent()
                && address.peer().map(peer::equals).orElse(true);
    }

    private static boolean isOwn(Multiaddr address, Stream stream) {
        return address.ip().equals(stream.connection().remoteAddress().ip());
    }

    /// The asker pays for a dial that somebody else may have to bear.
    private void takeData(Stream stream, int index) throws IOException {
        var wanted = random.nextInt(DATA_BYTES_MIN, DATA_BYTES_MAX + 1);
        AutoNatCodec.write(stream, new DialDataRequest(index, wanted));
        for (var taken = 0; taken < wanted; ) {
            if (!(AutoNatCodec.read(stream) instanceof DialDataResponse(var data))
                    || data.size() == 0) {
                throw new ProtocolException("no data where data was asked for");
            }
            taken += data.size();
        }
    }

    private DialStatus dial(PeerId peer, Multiaddr address, long nonce) throws IOException {
        try (var dialer = dialers.start()) {
            try {
                var connection = dialer.connect(peer, List.of(address), config.dial());
                try (var stream = connection.open(List.of(DIAL_BACK), config.dialBack())) {
                    stream.deadline(config.dialBack());
                    AutoNatCodec.writeDialBack(stream, nonce);
                    stream.closeWrite();
                    AutoNatCodec.readDialBackOk(stream);
                    return DialStatus.OK;
                } catch (IOException e) {
                    LOG.debug("{} takes no dial-back: {}", peer.shortText(), e.getMessage());
                    return DialStatus.DIAL_BACK_ERROR;
                }
            } catch (IOException e) {
                LOG.debug("{} is not at {}: {}", peer.shortText(), address, e.getMessage());
                return DialStatus.DIAL_ERROR;
            }
        }
    }

    /// Answers no more.
    @Override
    public void close() {
        host.unhandle(DIAL_REQUEST);
    }
}
