package org.p2prmb.cli;

import org.p2prmb.node.config.AgentConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/// `rmb node`: runs an agent until it is told to leave.
@Command(
        name = "node",
        description = {
            "Run your agent until ctrl-C.",
            "Example: rmb node --offer barber:city=ghent --bootstrap ADDRESS"
        })
final class NodeCommand implements Callable<Integer> {
    private final RootCommand root;

    @Mixin private ConfigOptions options = new ConfigOptions();

    NodeCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var defaults = AgentConfig.defaults();
        return new AgentRun(root, root.home()).run(options.read(root, defaults).config());
    }
}
