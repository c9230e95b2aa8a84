package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Discovery by multicast DNS on all local networks of this machine, as they come and go.
public final class Mdns implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Mdns.class);

    /// How soon a change of the interfaces or of our addresses is noticed.
    private static final Duration SCAN_PAUSE = Duration.ofSeconds(2);

    private static final int DISCOVERED_MAX = 512;

    private final PeerId self;
    private final Supplier<List<Multiaddr>> addresses;
    private final InstantSource clock;
    private final Consumer<Throwable> died;

    /// At most [Site#SITES_MAX]; changed by the scanner's thread only.
    private final Map<Site, SiteSession> sessions = new ConcurrentHashMap<>();

    /// Where joining failed and was logged.
    private final Set<Site> failing = new HashSet<>();

    private final CountDownLatch closed = new CountDownLatch(1);

    private Mdns(
            PeerId self,
            Supplier<List<Multiaddr>> addresses,
            InstantSource clock,
            Consumer<Throwable> died) {
        this.self = self;
        this.addresses = addresses;
        this.clock = clock;
        this.died = died;
    }

    /// Starts to ask and to answer. A network that cannot be joined is logged and tried again.
    ///
    /// @param addresses what we listen on now, without `/p2p`
    /// @param died hears of a failure of our own
    public static Mdns start(
            PeerId self,
            Supplier<List<Multiaddr>> addresses,
            InstantSource clock,
            Consumer<Throwable> died) {
        var mdns = new Mdns(self, addresses, clock, died);
        Thread.ofVirtual().name("mdns interfaces").start(mdns::run);
        return mdns;
    }

    /// The peers that are said to be on the local networks now, with addresses that end in `/p2p`;
    /// at most 512. Anybody there can say anything: only a connection proves a peer.
    public Map<PeerId, List<Multiaddr>> discovered() {
        var all = new LinkedHashMap<PeerId, List<Multiaddr>>();
        for (var session : sessions.values()) {
            session.found()
                    .forEach((peer, told) -> {
                        if (all.size() < DISCOVERED_MAX || all.containsKey(peer)) {
                            all.merge(peer, told, Mdns::united);
                        }
                    });
        }
        return all;
    }

    private static List<Multiaddr> united(List<Multiaddr> some, List<Multiaddr> others) {
        var all = new ArrayList<>(some);
        others.stream().filter(address -> !all.contains(address)).forEach(all::add);
        return all;
    }

    private void run() {
        try {
            do {
                scan();
            } while (!closed.await(SCAN_PAUSE.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Nobody does; it would mean the end as well.
        } catch (RuntimeException | Error e) { // Supervisor
            died.accept(e);
        } finally {
            sessions.values().forEach(SiteSession::close);
        }
    }

    private void scan() {
        try {
            var sites = Set.copyOf(Site.all(addresses.get()));
            sessions.entrySet()
                    .removeIf(entry -> {
                        var over = !sites.contains(entry.getKey()) || !entry.getValue().isOpen();
                        if (over) {
                            entry.getValue().close();
                        }
                        return over;
                    });
            failing.retainAll(sites);
            sites.stream().filter(site -> !sessions.containsKey(site)).forEach(this::join);
        } catch (IOException e) {
            log.warn("mdns cannot list the network interfaces: {}", e.getMessage());
        }
    }

    private void join(Site site) {
        try {
            sessions.put(site, SiteSession.open(site, self, clock, died));
            failing.remove(site);
            log.info("mdns on {}: telling {}", site, site.own());
        } catch (IOException e) {
            if (failing.add(site)) {
                log.warn("mdns cannot join on {}: {}", site, e.getMessage());
            }
        }
    }

    /// Stops asking and answering; does not wait.
    @Override
    public void close() {
        closed.countDown();
    }
}
