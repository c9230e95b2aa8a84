package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.OperatorConfig;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `rmb bootstrap`: runs an agent whose job is to be the first address that others know.
@Command(
        name = "bootstrap",
        description = {
            "Run an agent that others join through: no handlers, no offers, port 4001,",
            "room for many strangers (docs/operations.md).",
            "Others join with: rmb node --bootstrap ADDRESS",
            "Example: rmb bootstrap --announce /dns4/boot.example.org/tcp/4001"
                    + " --domain example.org --metrics 9464"
        })
final class BootstrapCommand implements Callable<Integer> {
    private static final List<Multiaddr> LISTEN =
            List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/4001"), Multiaddr.parse("/ip6/::/tcp/4001"));

    /// Some 30 KiB and a file descriptor each.
    private static final int CONNECTIONS_MAX = 4_096;

    /// Less than others allow: strangers come once and go.
    private static final int CONNECTIONS_PER_ADDRESS_MAX = 4;

    /// Enough to learn of others.
    private static final Duration YIELD_AFTER = Duration.ofMinutes(2);

    private final RootCommand root;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--address-file",
            paramLabel = "FILE",
            description = "Keep the addresses to publish in this file, one in each line.")
    private @Nullable Path addressFile;

    @Option(
            names = "--domain",
            paramLabel = "DOMAIN",
            description = "Print the text records with which others join by this domain.")
    private @Nullable String domain;

    BootstrapCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (options.offers()) {
            throw new UserException("a bootstrap agent offers nothing: use rmb node for --offer");
        }
        var publication = new Publication(root.output(), addressFile, checked(domain));
        var strangers =
                OperatorConfig.defaults()
                        .withConnectionsPerAddressMax(CONNECTIONS_PER_ADDRESS_MAX)
                        .withYieldAfter(YIELD_AFTER);
        var defaults =
                AgentConfig.defaults()
                        .withListen(LISTEN)
                        .withConnectionsMax(CONNECTIONS_MAX)
                        .withOperator(strangers);
        var config =
                options.read(root, defaults)
                        .config()
                        .withHandlers(List.of())
                        .withOfferings(List.of());
        return new AgentRun(root, root.home()).run(config, publication::start);
    }

    private static Optional<String> checked(@Nullable String domain) {
        if (domain == null) {
            return Optional.empty();
        }
        if (!domain.matches("(?=.{1,200}$)([A-Za-z0-9_-]{1,63}[.])+[A-Za-z0-9-]{1,63}")) {
            throw new UserException(
                    "--domain '%s' is no domain, such as example.org"
                            .formatted(Printed.brief(domain)));
        }
        return Optional.of(domain);
    }
}
