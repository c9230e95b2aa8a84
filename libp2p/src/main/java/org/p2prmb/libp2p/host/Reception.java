package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.resource.ConnectionScope;
import org.p2prmb.libp2p.resource.Resources;
import org.p2prmb.libp2p.transport.Listener;
import org.p2prmb.libp2p.transport.RawChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/// Takes in who dials a host: counts, upgrades and registers, each caller on a thread of its own.
final class Reception {
    /// After a failed accept, which nearly always means that file descriptors ran out.
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    private final Resources resources;
    private final Upgrader upgrader;
    private final Duration upgradeLimit;
    private final Executor threads;
    private final InstantSource clock;
    private final Registry registry;

    Reception(
            Resources resources,
            Upgrader upgrader,
            Duration upgradeLimit,
            Executor threads,
            InstantSource clock,
            Registry registry) {
        this.resources = resources;
        this.upgrader = upgrader;
        this.upgradeLimit = upgradeLimit;
        this.threads = threads;
        this.clock = clock;
        this.registry = registry;
    }

    /// Serves `listener` until it is closed.
    void serve(Listener listener) {
        while (listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("cannot accept a connection: {}", e.getMessage());
                LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
            }
        }
    }

    /// Takes in one caller, and closes the channel if that may not be.
    void admit(RawChannel channel) {
        try {
            var scope = resources.accept(clock.instant(), ip(channel));
            threads.execute(() -> welcome(channel, scope));
        } catch (RejectedExecutionException _) {
            channel.close(); // We are closing.
        } catch (IOException e) {
            LOG.debug("refused {}: {}", channel.remoteAddress(), e.getMessage());
            channel.close();
        }
    }

    /// Who comes through a relay has no address that could be counted.
    private static Optional<InetAddress> ip(RawChannel channel) {
        var remote = channel.remoteAddress();
        return remote.isCircuit() ? Optional.empty() : remote.ip();
    }

    private void welcome(RawChannel channel, ConnectionScope scope) {
        var established = false;
        try {
            var secure = upgrader.listener(channel, null, upgradeLimit);
            registry.establish(false, channel, secure, scope);
            established = true;
        } catch (IOException e) {
            LOG.debug("no connection from {}: {}", channel.remoteAddress(), e.getMessage());
        } finally {
            if (!established) {
                channel.close();
                scope.close();
            }
        }
    }
}
