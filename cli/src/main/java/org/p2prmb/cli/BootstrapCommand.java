package org.p2prmb.cli;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.concurrent.Callable;

/// `rmb bootstrap`: runs an agent whose job is to be the first address that others know.
@Command(
        name = "bootstrap",
        description = {
            "Run an agent that others join through: no handlers, no offers, port 4001.",
            "Others join with: rmb node --bootstrap ADDRESS"
        })
final class BootstrapCommand implements Callable<Integer> {
    private static final List<Multiaddr> LISTEN =
            List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/4001"), Multiaddr.parse("/ip6/::/tcp/4001"));

    private final RootCommand root;

    @Mixin private ConfigOptions options = new ConfigOptions();

    BootstrapCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var defaults = Interfaces.fitting(AgentConfig.defaults().withListen(LISTEN));
        var config =
                options.read(root, defaults)
                        .config()
                        .withHandlers(List.of())
                        .withOfferings(List.of());
        return new AgentRun(root, root.home()).run(config);
    }
}
