package org.p2prmb.cli;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The agents of a demo: each with its own home, keys and store under one temporary directory, all
/// on loopback TCP, joined through the one called `bootstrap`.
final class DemoNetwork implements AutoCloseable {
    static final String BOOTSTRAP = "bootstrap";

    private static final Duration IM_ALIVE = Duration.ofSeconds(2);
    private static final Duration TIME_MAX = Duration.ofSeconds(55);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    private final Path directory;
    private final long deadline = System.nanoTime() + TIME_MAX.toNanos();
    private final SequencedMap<String, HomeAgent> members = new LinkedHashMap<>();
    private final Set<String> joined = new HashSet<>();
    private final Set<String> dead = new HashSet<>();

    private DemoNetwork(Path directory) {
        this.directory = directory;
    }

    static DemoNetwork create() throws IOException {
        return new DemoNetwork(Files.createTempDirectory("rmb-demo-"));
    }

    /// Starts an agent that joins through `bootstrap`, or `bootstrap` itself.
    Agent start(String name, List<Offering> offerings) {
        var home = Home.of(directory.resolve(name));
        HomeKeys.create(home, PassphraseSource.none());
        var keys = KeyFile.read(home.agentKey(), PassphraseSource.none());
        var owner = KeyFile.read(home.ownerKey(), PassphraseSource.none());
        var config =
                AgentConfig.defaults()
                        .withListen(List.of(LOOPBACK))
                        .withImAliveInterval(IM_ALIVE)
                        .withOfferings(offerings);
        if (!name.equals(BOOTSTRAP)) {
            // One neighbour is enough for all, so that searches have to travel.
            config = config.withBootstrap(List.of(firstAddress())).withNeighboursMax(1);
        }
        var member = HomeAgent.start(home, config, keys, owner.publicKey());
        members.put(name, member);
        return member.agent();
    }

    /// The address that others join through.
    Multiaddr firstAddress() {
        return member(BOOTSTRAP).reachableAt().getFirst();
    }

    /// Waits until `bootstrap` and this agent have a connection with each other.
    void awaitJoined(String name) {
        await("%s did not join".formatted(name), () -> isConnected(name));
        joined.add(name);
    }

    Agent agent(String name) {
        return member(name).agent();
    }

    Path home(String name) {
        return directory.resolve(name);
    }

    /// The living, in the order of their start.
    List<String> names() {
        return members.keySet().stream().filter(name -> !dead.contains(name)).toList();
    }

    String nameOf(PeerId peer) {
        return members.entrySet().stream()
                .filter(entry -> entry.getValue().agent().peerId().equals(peer))
                .findFirst()
                .map(entry -> entry.getKey())
                .orElseGet(peer::toString);
    }

    /// Kills an agent as the story wants it.
    void killAsTold(String name) {
        dead.add(name);
        member(name).abort();
    }

    /// Kills an agent behind the story's back; for tests.
    void kill(String name) {
        member(name).abort();
    }

    /// Waits for the condition; throws [FailedException] when the time is over or an agent dies.
    void await(String complaint, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            requireAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new FailedException("late", complaint + " in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /// Throws [FailedException] when an agent has died that should live.
    void requireAlive() {
        for (var name : names()) {
            var why = diedOf(name);
            if (why.isPresent()) {
                throw new FailedException("died", "%s has died: %s".formatted(name, why.get()));
            }
        }
    }

    private Optional<String> diedOf(String name) {
        var failure = agent(name).failure();
        if (failure.isDone()) {
            return Optional.of(String.valueOf(failure.join()));
        }
        return joined.contains(name) && !isConnected(name)
                ? Optional.of("its connection with bootstrap is gone")
                : Optional.empty();
    }

    private boolean isConnected(String name) {
        var first = agent(BOOTSTRAP);
        var other = agent(name);
        return !first.host().connections(other.peerId()).isEmpty()
                && !other.host().connections(first.peerId()).isEmpty();
    }

    private HomeAgent member(String name) {
        var member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException("no agent called " + name);
        }
        return member;
    }

    /// Ends all agents and removes their homes.
    @Override
    public void close() {
        members.sequencedValues().reversed().forEach(HomeAgent::close);
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
