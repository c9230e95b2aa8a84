package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Connection.Traffic;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ReputationConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/// Many real agents in this process on loopback, each with a store of its own: what it costs to
/// know who lives, and how soon the death of one leaves the hot contact lists of the others.
///
/// Its figures have the names of those of `rmb simulate liveness`, whose prediction they check.
final class LivenessBenchmark {
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration DEATH_MAX = Duration.ofMinutes(3);
    private static final Duration ACQUAINTANCE_MAX = Duration.ofMinutes(5);

    private final Settings settings;
    private final Path directory;
    private final List<Agent> agents = new ArrayList<>();
    private final SecureRandom keys = new SecureRandom();

    /// @param agents 2 or more
    /// @param hotMax contacts whose death each wants to hear of
    /// @param interval between leases
    /// @param settle until watchers and subscriptions are at rest
    /// @param window over which bytes are counted
    /// @param deaths agents that are killed, one after the other
    record Settings(
            int agents,
            int hotMax,
            Duration interval,
            Duration settle,
            Duration window,
            int deaths) {
        static Settings of(Options options) {
            var agents = options.number("--agents", 60);
            return new Settings(
                    agents,
                    options.number("--hot", Math.min(64, agents - 1)),
                    Duration.ofSeconds(options.number("--interval", 30)),
                    Duration.ofSeconds(options.number("--settle", 120)),
                    Duration.ofSeconds(options.number("--window", 120)),
                    options.number("--deaths", Math.max(1, agents / 10)));
        }
    }

    private LivenessBenchmark(Settings settings, Path directory) {
        this.settings = settings;
        this.directory = directory;
    }

    static ObjectNode run(Options options) throws IOException {
        var directory = Files.createTempDirectory("rmb-liveness-");
        try {
            return new LivenessBenchmark(Settings.of(options), directory).measure();
        } finally {
            delete(directory);
        }
    }

    private ObjectNode measure() throws IOException {
        try {
            start();
            acquaint();
            say("settling for %d s", settings.settle().toSeconds());
            LockSupport.parkNanos(settings.settle().toNanos());
            var report = JsonNodeFactory.instance.objectNode();
            report.put("agents", agents.size());
            report.put("hot", settings.hotMax());
            cost(report);
            deaths(report);
            return report;
        } finally {
            say("stopping");
            agents.forEach(Agent::abort);
        }
    }

    private void start() throws IOException {
        for (var index = 0; index < settings.agents(); index++) {
            var own = KeyPair.generate(keys);
            var owner = KeyPair.generate(keys).publicKey();
            agents.add(Agent.start(config(), own, owner, directory.resolve("agent" + index)));
        }
        say("%d agents run", agents.size());
    }

    /// Each joins through a few of those before it.
    private AgentConfig config() {
        var known = new ArrayList<Multiaddr>();
        for (var agent : agents.subList(0, Math.min(3, agents.size()))) {
            known.add(agent.addresses().getFirst().withPeer(agent.peerId()));
        }
        var defaults = AgentConfig.defaults();
        return defaults.withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
                .withBootstrap(known)
                // Stamps are hard to make on purpose, and nobody reports anybody here.
                .withReputation(ReputationConfig.defaults().withStampDifficulty(0))
                .withImAlive(
                        defaults.imAlive()
                                .withInterval(settings.interval())
                                .withHotMax(settings.hotMax()));
    }

    private void acquaint() {
        var start = System.nanoTime();
        while (hotContacts() < (long) agents.size() * settings.hotMax()) {
            if (System.nanoTime() - start > ACQUAINTANCE_MAX.toNanos()) {
                say("not all agents know enough others: %d hot contacts in all", hotContacts());
                return;
            }
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
        say("all hot contacts known after %.0f s", (System.nanoTime() - start) / 1e9);
    }

    private long hotContacts() {
        return agents.stream().mapToLong(agent -> agent.hotContacts().size()).sum();
    }

    private void cost(ObjectNode report) {
        var alive = sum(agent -> bytes(agent.livenessBytes().alive()));
        var contacts = sum(agent -> bytes(agent.livenessBytes().contacts()));
        var hot = hotContacts();
        var start = System.nanoTime();
        LockSupport.parkNanos(settings.window().toNanos());
        var agentSeconds = (System.nanoTime() - start) / 1e9 * agents.size();
        var aliveNow = sum(agent -> bytes(agent.livenessBytes().alive()));
        var contactsNow = sum(agent -> bytes(agent.livenessBytes().contacts()));
        report.put("agentHours", Measured.round(agentSeconds / 3_600, 3));
        report.put("bytesPerAgentPerSecond", Measured.round((aliveNow - alive) / agentSeconds, 1));
        report.put(
                "contactsBytesPerAgentPerSecond",
                Measured.round((contactsNow - contacts) / agentSeconds, 1));
        report.put("falseRemovals", Math.max(0, hot - hotContacts()));
    }

    private long sum(ToLongFunction<Agent> figure) {
        return agents.stream().mapToLong(figure).sum();
    }

    private static long bytes(Traffic traffic) {
        return traffic.bytesRead() + traffic.bytesWritten();
    }

    private void deaths(ObjectNode report) {
        var seconds = new ArrayList<Double>();
        var unnoticed = 0;
        var victims = new ArrayList<>(agents);
        Collections.shuffle(victims, new Random(1));
        for (var victim : victims.subList(0, Math.min(settings.deaths(), agents.size() - 1))) {
            unnoticed += death(victim, seconds);
            // Until nobody counts on the dead as a watcher any more.
            LockSupport.parkNanos(settings.interval().multipliedBy(2).toNanos());
            say("a death took %.1f s at most", seconds.isEmpty() ? 0 : Collections.max(seconds));
        }
        var sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        var removal = report.putObject("removalSeconds");
        removal.put("p50", quantile(sorted, 0.50));
        removal.put("p99", quantile(sorted, 0.99));
        removal.put("max", quantile(sorted, 1));
        report.put("removals", sorted.length);
        report.put("unnoticed", unnoticed);
    }

    /// Kills the agent; returns how many of those that had it among their hot contacts never saw.
    private int death(Agent victim, List<Double> seconds) {
        var holders =
                new ArrayList<>(
                        agents.stream()
                                .filter(agent -> agent.hotContacts().contains(victim.peerId()))
                                .toList());
        agents.remove(victim);
        var start = System.nanoTime();
        victim.abort();
        while (!holders.isEmpty() && System.nanoTime() - start < DEATH_MAX.toNanos()) {
            holders.removeIf(holder -> {
                var removed = !holder.hotContacts().contains(victim.peerId());
                if (removed) {
                    seconds.add((System.nanoTime() - start) / 1e9);
                }
                return removed;
            });
            LockSupport.parkNanos(STEP.toNanos());
        }
        return holders.size();
    }

    private static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        var index = (int) Math.ceil(share * sorted.length) - 1;
        return Measured.round(sorted[Math.clamp(index, 0, sorted.length - 1)], 2);
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void say(String format, Object... arguments) {
        System.err.println(String.format(Locale.ROOT, format, arguments));
    }
}
