package org.p2prmb.cli;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.ImAliveConfig;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.ReputationConfig;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The agents of a demo: each with its own home, keys and store under one temporary directory, all
/// on loopback TCP.
final class DemoNetwork implements AutoCloseable {
    static final String BOOTSTRAP = "bootstrap";

    /// Only neighbours look after each other: with watchers and hot contacts all agents of so small
    /// a network would be connected, and no search would have to travel.
    private static final ImAliveConfig IM_ALIVE =
            ImAliveConfig.defaults()
                    .withInterval(Duration.ofSeconds(2))
                    .withWatchers(0)
                    .withHotMax(0);

    /// The first knows all that join through it.
    private static final int FIRST_NEIGHBOURS = 24;

    private static final Duration TIME_MAX = Duration.ofSeconds(55);
    private static final Duration LOOK_AT_SWAPS = Duration.ofMillis(500);
    private static final InstantSource TRUE_CLOCK = new MonotonicClock();
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    private final Path directory;
    private final long deadline = System.nanoTime() + TIME_MAX.toNanos();
    private final SequencedMap<String, HomeAgent> members = new LinkedHashMap<>();

    /// Through whom an agent joined: as long as both live, the two are connected.
    private final Map<String, String> joined = new HashMap<>();

    private final Set<String> dead = new HashSet<>();
    private final Map<String, OwnerClient> owners = new HashMap<>();

    private DemoNetwork(Path directory) {
        this.directory = directory;
    }

    static DemoNetwork create() throws IOException {
        return new DemoNetwork(Files.createTempDirectory("rmb-demo-"));
    }

    /// Starts the agent that the others join through, in the end.
    Agent startFirst() {
        var config = config(List.of()).withNeighboursMax(FIRST_NEIGHBOURS);
        return start(BOOTSTRAP, config, Chains.none(TRUE_CLOCK));
    }

    /// Starts an agent that joins through `host`, and waits until both know each other.
    Agent join(String name, String host, List<Offering> offerings) {
        var agent = start(name, throughOne(host, config(offerings)), Chains.none(TRUE_CLOCK));
        awaitJoined(name, host);
        return agent;
    }

    /// As [#join], several at once, with coins; takes the chains.
    void joinWithCoins(String host, SequencedMap<String, Chains> chains) {
        var plain = config(List.of());
        var config = plain.withSwap(plain.swap().withLookEvery(LOOK_AT_SWAPS));
        var throughOne = throughOne(host, config);
        var starting = new LinkedHashMap<String, CompletableFuture<HomeAgent>>();
        chains.forEach((name, own) ->
                starting.put(
                        name,
                        CompletableFuture.supplyAsync(
                                () -> open(name, throughOne, own), Thread::startVirtualThread)));
        var all = starting.values().toArray(new CompletableFuture<?>[0]);
        var _ = CompletableFuture.allOf(all).handle((_, _) -> true).join();
        // Those that run are ended with the network, whatever became of the others.
        starting.forEach((name, member) -> {
            if (!member.isCompletedExceptionally()) {
                members.put(name, member.join());
            }
        });
        starting.values().forEach(CompletableFuture::join);
        starting.keySet().forEach(name -> awaitJoined(name, host));
    }

    /// One neighbour is enough for all, so that searches have to travel.
    private AgentConfig throughOne(String host, AgentConfig config) {
        return config.withBootstrap(List.of(address(host))).withNeighboursMax(1);
    }

    private void awaitJoined(String name, String host) {
        await(
                "%s did not join".formatted(name),
                () -> isConnected(name, host) && knows(host, name) && knows(name, host));
        joined.put(name, host);
    }

    private static AgentConfig config(List<Offering> offerings) {
        return AgentConfig.defaults()
                .withListen(List.of(LOOPBACK))
                .withImAlive(IM_ALIVE)
                .withDht(DhtConfig.defaults().withMode(DhtMode.OFF))
                .withReputation(ReputationConfig.defaults().withStampDifficulty(0))
                .withOfferings(offerings);
    }

    private Agent start(String name, AgentConfig config, Chains chains) {
        var member = open(name, config, chains);
        members.put(name, member);
        return member.agent();
    }

    private HomeAgent open(String name, AgentConfig config, Chains chains) {
        var home = Home.of(directory.resolve(name));
        HomeKeys.create(home, PassphraseSource.none());
        var keys = KeyFile.read(home.agentKey(), PassphraseSource.none());
        var owner = KeyFile.read(home.ownerKey(), PassphraseSource.none());
        return HomeAgent.start(home, config, keys, owner.publicKey(), chains);
    }

    /// The owner of this agent, who commands it as `rmb` does.
    OwnerClient owner(String name) {
        return owners.computeIfAbsent(
                name,
                _ -> {
                    var home = Home.of(directory.resolve(name));
                    var keys = KeyFile.read(home.ownerKey(), PassphraseSource.none());
                    return OwnerClient.open(home, home.running().orElseThrow(), keys);
                });
    }

    /// The address that others join through this agent at.
    Multiaddr address(String name) {
        return member(name).reachableAt().getFirst();
    }

    /// Whether an agent has another one's signed contact record.
    boolean knows(String name, String other) {
        return agent(name)
                .contacts()
                .find(agent(other).peerId())
                .filter(contact -> contact.record().size() > 0)
                .isPresent();
    }

    /// Waits until the agent and the one that it joined through see each other in the topic.
    void awaitTopic(String name, String topic) {
        var host = joined.get(name);
        if (host != null) {
            await(
                    "%s and %s did not meet in the topic".formatted(name, host),
                    () -> agent(name).gossip().peers(topic).contains(agent(host).peerId()));
        }
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

    /// Waits for the condition; throws [FailedException] when the time is over, an agent dies, or
    /// the thread is interrupted.
    void await(String complaint, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            requireAlive();
            if (Thread.interrupted()) {
                throw new FailedException("interrupted", "it was told to end");
            }
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
        var host = joined.get(name);
        return host != null && !dead.contains(host) && !isConnected(name, host)
                ? Optional.of("its connection with %s is gone".formatted(host))
                : Optional.empty();
    }

    private boolean isConnected(String name, String host) {
        var one = agent(name);
        var other = agent(host);
        return other.neighbours().contains(one.peerId())
                && one.neighbours().contains(other.peerId());
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
        owners.values().forEach(OwnerClient::close);
        var leaving =
                members.values().stream()
                        .map(member -> Thread.startVirtualThread(member::close))
                        .toList();
        leaving.forEach(DemoNetwork::join);
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
