package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.AddressLookup;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Finds the first address of a peer that answers and proves to be that peer.
///
/// Addresses start one after the other, each with a small head start, and race from then on; one
/// that fails starts the next at once.
final class Dialer {
    /// Addresses of one peer that race at a time.
    private static final int RACE_MAX = 8;

    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final List<Transport> transports;
    private final AddressLookup lookup;
    private final Upgrader upgrader;
    private final HostTimeouts timeouts;
    private final ExecutorService threads;
    private final InstantSource clock;
    private final Supplier<List<Multiaddr>> own;
    private final Predicate<Multiaddr> trustedNames;
    private final Set<AddressScope> listened;
    private final Semaphore dials;
    private final DialBackoff backoff = new DialBackoff();

    /// What a host gives its dialer.
    ///
    /// @param transports the first that understands an address dials it; others may join them
    /// @param trustedNames the addresses whose names may lead into narrower networks than ours
    record Tools(
            List<Transport> transports,
            AddressLookup lookup,
            Predicate<Multiaddr> trustedNames,
            Upgrader upgrader,
            HostTimeouts timeouts,
            ExecutorService threads,
            InstantSource clock) {}

    Dialer(Tools tools, Supplier<List<Multiaddr>> own, Set<AddressScope> listened, int dialsMax) {
        this.transports = tools.transports();
        this.lookup = tools.lookup();
        this.trustedNames = tools.trustedNames();
        this.upgrader = tools.upgrader();
        this.timeouts = tools.timeouts();
        this.threads = tools.threads();
        this.clock = tools.clock();
        this.own = own;
        this.listened = Set.copyOf(listened);
        this.dials = new Semaphore(dialsMax);
    }

    /// A channel that the dialled peer answers on, upgraded.
    record Reached(RawChannel channel, SecureChannel secure) {}

    /// Dials `peer`. Throws with one line for each address when none answers within `limit`.
    Reached dial(PeerId peer, List<Multiaddr> addresses, Duration limit) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        var failures = new ArrayList<String>();
        var plan = plan(peer, resolved(peer, addresses, end, failures), failures);
        failures.addAll(plan.refusals());
        var reached =
                plan.addresses().size() == 1
                        ? alone(peer, plan.addresses().getFirst(), end, failures)
                        : new Race(peer, end, failures).run(plan.addresses());
        if (reached == null) {
            throw unreachable(peer, failures, end);
        }
        return reached;
    }

    /// `addresses` with their names looked up. When that takes too long, those without names: a
    /// dead server of names neither outlasts the caller's limit nor keeps us from other addresses.
    /// Names of the peer that were waited for in vain rest as its addresses do.
    private List<Multiaddr> resolved(
            PeerId peer, List<Multiaddr> given, long end, List<String> failures)
            throws IOException {
        var addresses = rested(peer, given, failures);
        var names = addresses.stream().filter(AddressLookup::isName).toList();
        if (names.isEmpty()) {
            return addresses;
        }
        var until = Math.min(end, System.nanoTime() + timeouts.dialAddress().toNanos());
        var unresolved = new ArrayList<String>();
        var plain = addresses.stream().filter(address -> !names.contains(address)).toList();
        var network = listened.stream().min(Comparator.naturalOrder()).orElse(AddressScope.PUBLIC);
        var lookups =
                threads.submit(
                        () -> lookup.resolve(addresses, trustedNames, network, unresolved::add));
        try {
            var found = lookups.get(left(until).toNanos(), TimeUnit.NANOSECONDS);
            failures.addAll(unresolved);
            return found;
        } catch (TimeoutException _) {
            failures.add("%s: not looked up in time".formatted(names));
            synchronized (backoff) {
                names.forEach(name -> backoff.failed(clock.instant(), peer, name));
            }
            return plain;
        } catch (ExecutionException e) {
            LOG.warn("looking up {} failed inside", names, e.getCause());
            failures.add("%s: looking them up failed inside".formatted(names));
            return plain;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lookups.cancel(true);
        }
    }

    private List<Multiaddr> rested(PeerId peer, List<Multiaddr> given, List<String> failures) {
        var rested = new ArrayList<Multiaddr>();
        synchronized (backoff) {
            for (var address : given) {
                if (AddressLookup.isName(address)
                        && backoff.resting(clock.instant(), peer, address)) {
                    failures.add("%s: failed a moment ago".formatted(address));
                } else {
                    rested.add(address);
                }
            }
        }
        return rested;
    }

    private DialPlan plan(PeerId peer, List<Multiaddr> resolved, List<String> failures) {
        var targets = new ArrayList<Multiaddr>();
        for (var address : resolved) {
            if (address.peer().filter(named -> !named.equals(peer)).isPresent()) {
                failures.add("%s: names another peer".formatted(address));
            } else if (transports.stream().noneMatch(each -> each.dials(address.withoutPeer()))) {
                failures.add("%s: no transport for it".formatted(address));
            } else {
                targets.add(address.withoutPeer());
            }
        }
        var distinct = targets.stream().distinct().toList();
        synchronized (backoff) {
            return DialPlan.of(peer, distinct, listened, own.get(), backoff, clock.instant());
        }
    }

    /// Without a race no further thread is needed.
    private @Nullable Reached alone(
            PeerId peer, Multiaddr address, long end, List<String> failures) {
        try {
            return attempt(peer, address, end);
        } catch (IOException e) {
            failures.add(describe(address, e));
            return null;
        }
    }

    /// A stranger wrote the address: what it makes us do wrong is its failure, and not the end of
    /// whoever dials.
    private Reached attempt(PeerId peer, Multiaddr address, long end) throws IOException {
        try {
            return counted(peer, address, end);
        } catch (RejectedExecutionException e) {
            throw new IOException("this host is closed", e);
        } catch (RuntimeException e) { // Supervisor
            LOG.warn("dialling {} failed inside", address, e);
            throw new IOException("failed inside", e);
        }
    }

    private Reached counted(PeerId peer, Multiaddr address, long end) throws IOException {
        if (address.isCircuit()) {
            // Not counted: it must not keep the dial to its relay from being made.
            return tried(peer, address, end);
        }
        // Outside of the time of the address, and of its failures: we are what it waits for.
        acquireDial(end);
        try {
            return tried(peer, address, end);
        } finally {
            dials.release();
        }
    }

    private Reached tried(PeerId peer, Multiaddr address, long end) throws IOException {
        try {
            var reached = reach(peer, address, end);
            synchronized (backoff) {
                backoff.succeeded(peer, address);
            }
            return reached;
        } catch (IOException e) {
            // A dial that we called off says nothing about the address.
            if (!Thread.currentThread().isInterrupted()) {
                synchronized (backoff) {
                    backoff.failed(clock.instant(), peer, address);
                }
            }
            throw e;
        }
    }

    /// On a channel of its own for each security, until the remote speaks one: a proposal shares a
    /// packet with the handshake, so that a channel is spent when the remote refuses it.
    private Reached reach(PeerId peer, Multiaddr address, long end) throws IOException {
        var until = Math.min(end, System.nanoTime() + timeouts.dialAddress().toNanos());
        var refusals = new ArrayList<String>();
        for (var security : upgrader.securities()) {
            var channel = transport(address).dial(address, peer, left(until));
            try {
                var secure = upgrader.dialer(channel, security, peer, left(until));
                return new Reached(channel, secure);
            } catch (RefusedException e) {
                refusals.add(e.getMessage());
            }
        }
        throw new IOException(String.join(", ", refusals));
    }

    private Transport transport(Multiaddr address) throws IOException {
        return transports.stream()
                .filter(transport -> transport.dials(address))
                .findFirst()
                .orElseThrow(() -> new IOException("no transport for it"));
    }

    private void acquireDial(long until) throws IOException {
        try {
            if (!dials.tryAcquire(left(until).toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("too many dials at once");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        var interrupted = new InterruptedIOException("interrupted while dialling");
        interrupted.initCause(cause);
        return interrupted;
    }

    /// At least a moment, so that a limit that has just passed is a timeout and not an error.
    private static Duration left(long until) {
        return Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime()));
    }

    private static String describe(Multiaddr address, IOException failure) {
        return "%s: %s".formatted(address, failure.getMessage());
    }

    private static IOException unreachable(PeerId peer, List<String> failures, long end) {
        var why = failures.isEmpty() ? "no address" : String.join("; ", failures);
        var message = "cannot reach %s: %s".formatted(peer, why);
        return System.nanoTime() >= end
                ? new SocketTimeoutException(message)
                : new IOException(message);
    }

    /// Several addresses of one peer, tried side by side.
    private final class Race {
        private final PeerId peer;
        private final long end;
        private final List<String> failures;
        private final AtomicBoolean won = new AtomicBoolean();
        private final List<Future<?>> runners = new ArrayList<>();

        // At most one for each address.
        private final LinkedBlockingQueue<Finish> finishes = new LinkedBlockingQueue<>();

        private record Finish(@Nullable Reached reached, String failure) {}

        Race(PeerId peer, long end, List<String> failures) {
            this.peer = peer;
            this.end = end;
            this.failures = failures;
        }

        /// Null when nobody arrived.
        @Nullable Reached run(List<Multiaddr> addresses) throws IOException {
            var waiting = new ArrayDeque<>(addresses);
            var running = 0;
            try {
                while ((running > 0 || !waiting.isEmpty()) && System.nanoTime() < end) {
                    if (running < RACE_MAX && !waiting.isEmpty()) {
                        start(waiting.poll());
                        running++;
                    }
                    var finish = await(running < RACE_MAX && !waiting.isEmpty());
                    if (finish != null) {
                        running--;
                        if (finish.reached() != null) {
                            return finish.reached();
                        }
                        failures.add(finish.failure());
                    }
                }
                return lastMoment();
            } catch (InterruptedException e) {
                closeWinner();
                throw interrupted(e);
            } finally {
                runners.forEach(runner -> runner.cancel(true));
            }
        }

        private @Nullable Finish await(boolean next) throws InterruptedException {
            var patience = next ? timeouts.dialStagger().toNanos() : Long.MAX_VALUE;
            var wait = Math.min(patience, left(end).toNanos());
            return finishes.poll(wait, TimeUnit.NANOSECONDS);
        }

        /// Closes the race: from now on whoever arrives gives up, unless one just has.
        private @Nullable Reached lastMoment() throws InterruptedException {
            if (won.compareAndSet(false, true)) {
                return null;
            }
            var finish = finishes.take();
            while (finish.reached() == null) {
                finish = finishes.take();
            }
            return finish.reached();
        }

        private void closeWinner() {
            try {
                var reached = lastMoment();
                if (reached != null) {
                    reached.secure().close();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // Twice: whoever does that is closing us.
            }
        }

        private void start(Multiaddr address) {
            runners.add(threads.submit(() -> report(address)));
        }

        private void report(Multiaddr address) {
            var finish = new Finish(null, address + ": failed inside");
            try {
                finish = runner(address);
            } finally {
                finishes.add(finish);
            }
        }

        private Finish runner(Multiaddr address) {
            try {
                var reached = attempt(peer, address, end);
                if (won.compareAndSet(false, true)) {
                    return new Finish(reached, "");
                }
                reached.secure().close();
                return new Finish(null, address + ": another address was faster");
            } catch (IOException e) {
                return new Finish(null, describe(address, e));
            }
        }
    }
}
