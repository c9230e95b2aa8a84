package org.p2prmb.cli;

import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ConfigReader;
import org.p2prmb.node.config.ResolvedConfig;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The options that say what an agent's configuration says.
final class ConfigOptions {
    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "Listen there, such as /ip4/0.0.0.0/tcp/4001; may be repeated.")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = "--bootstrap",
            paramLabel = "ADDRESS",
            description =
                    "Join through this agent, an address that ends in /p2p/PEER, or through those"
                            + " that /dnsaddr/DOMAIN names.")
    private List<String> bootstrap = new ArrayList<>();

    @Option(
            names = "--mdns",
            description = "Find agents on the local network, and be found by them.")
    private boolean mdns;

    @Option(
            names = "--announce",
            paramLabel = "ADDRESS",
            description = "Tell others this address instead of those listened on; may be repeated.")
    private List<String> announce = new ArrayList<>();

    @Option(
            names = "--metrics",
            paramLabel = "[IP:]PORT",
            description = "Show metrics and health there over HTTP; a port alone is 127.0.0.1's.")
    private List<String> metrics = new ArrayList<>();

    @Option(
            names = "--offer",
            paramLabel = "TAG[:K=V,...]",
            description = "Be found by this, such as barber:city=ghent; may be repeated.")
    private List<String> offer = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other setting of 'rmb config show'; may be repeated.")
    private List<String> settings = new ArrayList<>();

    /// Flags, then the environment, then the home's `rmb.toml`, then `defaults`.
    ResolvedConfig read(RootCommand root, AgentConfig defaults) {
        return new ConfigReader(defaults, flags(root), root.shell().environment())
                .read(root.home().configuration());
    }

    /// Whether something is offered on the command line itself.
    boolean offers() {
        return !offer.isEmpty();
    }

    private Map<String, List<String>> flags(RootCommand root) {
        var flags = new LinkedHashMap<String, List<String>>();
        put(flags, "listen", listen);
        put(flags, "bootstrap", bootstrap);
        put(flags, "announce", announce);
        put(flags, "metrics.listen", metrics);
        put(flags, "offer", offer);
        put(flags, "mdns", mdns ? List.of("true") : List.of());
        var format = root.logFormat();
        if (format != null) {
            flags.put("log.format", List.of(format));
        }
        for (var setting : settings) {
            var equals = setting.indexOf('=');
            if (equals < 1) {
                throw new UserException("--set '%s' is not KEY=VALUE".formatted(setting));
            }
            flags.computeIfAbsent(setting.substring(0, equals), _ -> new ArrayList<>())
                    .add(setting.substring(equals + 1));
        }
        return flags;
    }

    private static void put(Map<String, List<String>> flags, String key, List<String> texts) {
        if (!texts.isEmpty()) {
            flags.put(key, new ArrayList<>(texts));
        }
    }
}
