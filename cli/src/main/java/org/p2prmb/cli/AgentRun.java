package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.MetricsAddress;
import org.p2prmb.node.config.OfferText;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.wallet.Wallet;

import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// One run of an agent from its home, from the first line that it prints to its leaving.
final class AgentRun {
    private final RootCommand root;
    private final Home home;
    private final Output output;

    AgentRun(RootCommand root, Home home) {
        this.root = root;
        this.home = home;
        this.output = root.output();
    }

    /// What runs beside the agent; started once the agent has said where it is.
    interface Companion {
        Ending start(HomeAgent running);
    }

    /// The end of a [Companion].
    interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    int run(AgentConfig config) throws InterruptedException {
        return run(config, _ -> () -> {});
    }

    int run(AgentConfig config, Companion companion) throws InterruptedException {
        root.startLogging(config.logFormat());
        root.shell().ending().arm();
        if (!home.isInitialised()) {
            HomeKeys.create(home, root.givenPassphrase());
            output.note("Made a new home with new keys in " + home.directory());
        }
        var keys = HomeKeys.agent(home, root);
        var owner = owner();
        var wallet = HomeWallet.open(root, config.wallet());
        try (var running = HomeAgent.start(home, config, keys, owner, wallet)) {
            say(running, config, wallet);
            HomeWallet.warn(output, wallet);
            try (var _ = companion.start(running);
                    var _ = publishing(running)) {
                awaitEnd(running);
            }
            output.note("Leaving.");
        }
        return Rmb.DONE;
    }

    private PublicKey owner() {
        var peer = KeyFile.peer(home.ownerKey());
        return peer.inlinedKey().orElseGet(() -> HomeKeys.owner(home, root).publicKey());
    }

    private void say(HomeAgent running, AgentConfig config, Wallet wallet) {
        var agent = running.agent();
        output.line("agent     " + agent.peerId());
        for (var address : running.listening()) {
            output.line("listening " + address);
        }
        if (!running.reachableAt().equals(running.listening())) {
            running.reachableAt().forEach(address -> output.line("announced " + address));
        }
        wallet.keys().ifPresent(keys -> output.line("wallet    " + HomeWallet.shown(keys)));
        var metrics = agent.metricsAddress().map(AgentRun::page);
        metrics.ifPresent(page -> output.line("metrics   " + page));
        if (!config.offerings().isEmpty()) {
            output.line(
                    "offers    "
                            + config.offerings().stream()
                                    .map(OfferText::format)
                                    .collect(Collectors.joining("  ")));
        }
        var addresses = running.reachableAt();
        if (!addresses.isEmpty()) {
            output.note("");
            output.note("Another shell joins with:");
            output.note("  rmb node --home DIR --bootstrap " + addresses.getFirst());
            output.note("and asks this agent with:");
            output.note("  rmb contacts --home " + home.directory());
            output.note("Ctrl-C leaves.");
        }
        var object = Json.object();
        object.put("peerId", agent.peerId().toString());
        object.put("home", home.directory().toString());
        var list = object.putArray("addresses");
        addresses.forEach(address -> list.add(address.toString()));
        metrics.ifPresent(page -> object.put("metrics", page));
        wallet.keys()
                .ifPresent(keys -> {
                    object.put("wallet", keys.address());
                    object.put("sealed", keys.isLocked());
                });
        output.object(object);
    }

    private static String page(InetSocketAddress where) {
        return "http://" + new MetricsAddress(where.getAddress(), where.getPort()) + "/metrics";
    }

    /// Publishes the owner's record for as long as the agent runs, if the owner's key is at hand.
    private Publishing publishing(HomeAgent running) {
        return new Publishing(running, ownerAtHand());
    }

    private @Nullable KeyPair ownerAtHand() {
        try {
            return KeyFile.read(home.ownerKey(), root.givenPassphrase());
        } catch (UserException e) {
            output.note("'send --to-owner' will not find this agent: " + e.getMessage());
            return null;
        }
    }

    private void awaitEnd(HomeAgent running) throws InterruptedException {
        var ending = root.shell().ending();
        var failure = running.agent().failure();
        var told = failure.thenRun(ending::ask);
        ending.await();
        told.cancel(false);
        if (failure.isDone()) {
            throw new FailedException(
                    "died", "a part of the agent has died (%s)".formatted(failure.join()));
        }
    }

    /// Renews the owner's record in time.
    private static final class Publishing implements AutoCloseable {
        private final CountDownLatch over = new CountDownLatch(1);

        Publishing(HomeAgent running, @Nullable KeyPair owner) {
            if (owner != null) {
                OwnerPublisher.publish(running, owner);
                Thread.ofVirtual().name("owner record").start(() -> renew(running, owner));
            }
        }

        private void renew(HomeAgent running, KeyPair owner) {
            try {
                while (!over.await(OwnerPublisher.RENEW_AFTER.toSeconds(), TimeUnit.SECONDS)) {
                    OwnerPublisher.publish(running, owner);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            over.countDown();
        }
    }
}
