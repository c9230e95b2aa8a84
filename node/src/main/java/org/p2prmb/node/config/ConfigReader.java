package org.p2prmb.node.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Puts a configuration together: flags win over `RMB_*` variables, those over `rmb.toml`, and that
/// over the defaults.
public final class ConfigReader {
    private static final String PREFIX = "RMB_";
    private static final String DEFAULT = "default";

    /// Variables that are no settings: read by the command line and by the launcher.
    private static final Set<String> OTHER_VARIABLES =
            Set.of(
                    Home.VARIABLE,
                    PassphraseSource.VARIABLE,
                    WalletFile.VARIABLE,
                    "RMB_JAVA_OPTIONS");

    private final AgentConfig defaults;
    private final Map<String, List<String>> flags;
    private final Map<String, String> environment;

    /// `flags` are the texts given for settings, by key, such as `listen`.
    public ConfigReader(
            AgentConfig defaults,
            Map<String, List<String>> flags,
            Map<String, String> environment) {
        this.defaults = defaults;
        this.flags = Map.copyOf(flags);
        this.environment = Map.copyOf(environment);
    }

    /// All settings; a missing `toml` is an empty one. Throws [UserException] that names the wrong
    /// setting and where it came from.
    public ResolvedConfig read(Path toml) {
        requireKnownVariables();
        flags.keySet().forEach(key -> requireKnown(key, "flag"));
        var file = TomlFile.read(toml);
        file.texts().keySet().forEach(key -> requireKnown(key, toml.toString()));
        var config = defaults;
        var origins = new LinkedHashMap<String, String>();
        for (var setting : Settings.ALL) {
            var source = source(setting, file, toml);
            origins.put(setting.key(), source.origin());
            if (!source.origin().equals(DEFAULT)) {
                config = setting.apply(config, source.texts(), source.origin());
            }
        }
        if (!file.handlers().isEmpty()) {
            config = config.withHandlers(file.handlers());
            origins.put(TomlFile.HANDLERS, toml.toString());
        }
        if (!file.chains().isEmpty()) {
            config = config.withWallet(config.wallet().withChains(file.chains()));
            origins.put(TomlFile.CHAIN, toml.toString());
        }
        config.wallet().requireFit();
        return new ResolvedConfig(config, lines(config, origins));
    }

    private record Source(List<String> texts, String origin) {}

    private Source source(Setting<?> setting, TomlFile file, Path toml) {
        var key = setting.key();
        if (flags.containsKey(key)) {
            return new Source(flags.getOrDefault(key, List.of()), "flag");
        }
        if (environment.containsKey(setting.variable())) {
            return new Source(
                    setting.split(environment.getOrDefault(setting.variable(), "")),
                    setting.variable());
        }
        if (file.texts().containsKey(key)) {
            return new Source(file.texts().getOrDefault(key, List.of()), toml.toString());
        }
        return new Source(List.of(), DEFAULT);
    }

    private static List<ResolvedConfig.Line> lines(
            AgentConfig config, Map<String, String> origins) {
        var lines = new ArrayList<ResolvedConfig.Line>();
        for (var setting : Settings.ALL) {
            var origin = origins.getOrDefault(setting.key(), DEFAULT);
            lines.add(new ResolvedConfig.Line(setting.key(), setting.shown(config), origin));
        }
        var handlers =
                config.handlers().stream()
                        .map(ConfigReader::shown)
                        .collect(Collectors.joining(", "));
        lines.add(
                new ResolvedConfig.Line(
                        TomlFile.HANDLERS,
                        handlers,
                        origins.getOrDefault(TomlFile.HANDLERS, DEFAULT)));
        lines.add(
                new ResolvedConfig.Line(
                        TomlFile.CHAIN,
                        config.wallet().chains().stream()
                                .map(ChainConfig::shown)
                                .collect(Collectors.joining(", ")),
                        origins.getOrDefault(TomlFile.CHAIN, DEFAULT)));
        return lines;
    }

    private static String shown(ExecConfig handler) {
        return "%s (%s)".formatted(handler.command(), AccessText.format(handler.access()));
    }

    private void requireKnownVariables() {
        var known = Settings.ALL.stream().map(Setting::variable).collect(Collectors.toSet());
        known.addAll(OTHER_VARIABLES);
        for (var name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !known.contains(name)) {
                throw new UserException(
                        "unknown environment variable %s%s"
                                .formatted(Printed.brief(name), suggestion(name, known)));
            }
        }
    }

    private static void requireKnown(String key, String origin) {
        if (Settings.withKey(key).isEmpty()) {
            var known = Settings.ALL.stream().map(Setting::key).collect(Collectors.toSet());
            known.add(TomlFile.HANDLERS);
            known.add(TomlFile.CHAIN);
            throw new UserException(
                    "unknown setting %s in %s%s"
                            .formatted(Printed.brief(key), origin, suggestion(key, known)));
        }
    }

    static String suggestion(String word, Set<String> known) {
        return Nearest.to(word, new TreeSet<>(known))
                .map(": did you mean %s?"::formatted)
                .orElseGet(() -> ": there are " + String.join(", ", new TreeSet<>(known)));
    }
}
