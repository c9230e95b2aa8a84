package org.p2prmb.cli;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.RunningAgent;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.store.StoreException;

import java.io.IOException;
import java.net.BindException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// An agent that runs from a home directory, which is locked for it and says where it is.
final class HomeAgent implements AutoCloseable {
    private final Home home;
    private final Home.Lock lock;
    private final Agent agent;
    private boolean open = true;

    private HomeAgent(Home home, Home.Lock lock, Agent agent) {
        this.home = home;
        this.lock = lock;
        this.agent = agent;
    }

    /// Takes the chains. Throws [UserException] when another agent has the home, or a port is in
    /// use.
    static HomeAgent start(
            Home home, AgentConfig config, KeyPair keys, PublicKey owner, Chains chains) {
        var lock = lock(home, chains);
        var agent = start(home, lock, config, keys, owner, chains);
        var started = new HomeAgent(home, lock, agent);
        home.announce(
                new RunningAgent(
                        agent.peerId(),
                        agent.addresses(),
                        ProcessHandle.current().pid(),
                        Instant.now()));
        return started;
    }

    private static Home.Lock lock(Home home, Chains chains) {
        try {
            return home.lock();
        } catch (UserException e) {
            chains.close();
            throw e;
        }
    }

    private static Agent start(
            Home home,
            Home.Lock lock,
            AgentConfig config,
            KeyPair keys,
            PublicKey owner,
            Chains chains) {
        Agent agent = null;
        try {
            agent = Agent.start(config, keys, owner, home.data(), chains);
            return agent;
        } catch (IOException e) {
            var inUse = e.getCause() instanceof BindException;
            throw new UserException(
                    "cannot start the agent (%s)%s"
                            .formatted(
                                    Printed.line(String.valueOf(e.getMessage())),
                                    inUse
                                            ? ": stop what listens there, or choose another"
                                                    + " --listen"
                                            : ""),
                    e);
        } catch (StoreException e) {
            throw new UserException(
                    "cannot open the store in %s (%s)"
                            .formatted(home.data(), Printed.line(String.valueOf(e.getMessage()))),
                    e);
        } finally {
            if (agent == null) {
                lock.close();
            }
        }
    }

    Agent agent() {
        return agent;
    }

    /// Where it listens, ending in `/p2p`; this machine's own addresses come last.
    List<Multiaddr> listening() {
        return complete(agent.addresses());
    }

    /// Where others reach it, ending in `/p2p`; this machine's own addresses come last.
    List<Multiaddr> reachableAt() {
        return complete(agent.announced());
    }

    private List<Multiaddr> complete(List<Multiaddr> addresses) {
        return addresses.stream()
                .sorted(Comparator.comparingInt(HomeAgent::nearness))
                .map(address -> address.withPeer(agent.peerId()))
                .toList();
    }

    private static int nearness(Multiaddr address) {
        var text = address.toString();
        if (text.startsWith("/ip6/fe80:")) {
            return 2;
        }
        return text.startsWith("/ip4/127.") || text.startsWith("/ip6/::1/") ? 1 : 0;
    }

    /// Ends as a crash would: nobody is told, and what was announced stays.
    void abort() {
        if (open) {
            open = false;
            agent.abort();
            lock.close();
        }
    }

    /// Leaves in an orderly way; without effect after [#abort].
    @Override
    public void close() {
        if (open) {
            open = false;
            home.retract();
            agent.close();
            lock.close();
        }
    }
}
