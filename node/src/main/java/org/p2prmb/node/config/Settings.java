package org.p2prmb.node.config;

import org.p2prmb.libp2p.host.SecurityKind;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The table of all settings, in the order in which they are shown.
final class Settings {
    static final List<Setting<?>> ALL =
            List.of(
                    Setting.list(
                            "listen",
                            ",",
                            Multiaddr::parse,
                            Multiaddr::toString,
                            AgentConfig::listen,
                            AgentConfig::withListen),
                    Setting.list(
                            "announce",
                            ",",
                            Multiaddr::parse,
                            Multiaddr::toString,
                            config -> config.operator().announce(),
                            (config, value) ->
                                    config.withOperator(config.operator().withAnnounce(value))),
                    Setting.list(
                            "gossip.direct",
                            ",",
                            Multiaddr::parse,
                            Multiaddr::toString,
                            config -> config.operator().direct(),
                            (config, value) ->
                                    config.withOperator(config.operator().withDirect(value))),
                    Setting.list(
                            "bootstrap",
                            ",",
                            Multiaddr::parse,
                            Multiaddr::toString,
                            AgentConfig::bootstrap,
                            AgentConfig::withBootstrap),
                    Setting.list(
                            "offer",
                            ";",
                            OfferText::parse,
                            OfferText::format,
                            AgentConfig::offerings,
                            AgentConfig::withOfferings),
                    Setting.list(
                            "security",
                            ",",
                            Settings::security,
                            security -> security.name().toLowerCase(Locale.ROOT),
                            config -> config.transport().securities(),
                            (config, value) ->
                                    config.withTransport(config.transport().withSecurities(value))),
                    transportFile(
                            "websocket.certificate",
                            TransportConfig::certificate,
                            TransportConfig::withCertificate),
                    transportFile("websocket.key", TransportConfig::key, TransportConfig::withKey),
                    transportFile(
                            "websocket.trusted",
                            TransportConfig::trusted,
                            TransportConfig::withTrusted),
                    count(
                            "neighbours.max",
                            AgentConfig::neighboursMax,
                            AgentConfig::withNeighboursMax),
                    Setting.single(
                            "imAlive.interval",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.imAlive().interval(),
                            AgentConfig::withImAliveInterval),
                    Setting.single(
                            "mdns",
                            Settings::bool,
                            String::valueOf,
                            AgentConfig::mdns,
                            AgentConfig::withMdns),
                    imAlive(
                            "imAlive.watchers",
                            ImAliveConfig::watchers,
                            ImAliveConfig::withWatchers),
                    imAlive("imAlive.hotMax", ImAliveConfig::hotMax, ImAliveConfig::withHotMax),
                    imAlive(
                            "imAlive.linksMax",
                            ImAliveConfig::linksMax,
                            ImAliveConfig::withLinksMax),
                    count(
                            "connections.max",
                            AgentConfig::connectionsMax,
                            AgentConfig::withConnectionsMax),
                    count(
                            "connections.perAddressMax",
                            config -> config.operator().connectionsPerAddressMax(),
                            (config, value) ->
                                    config.withOperator(
                                            config.operator().withConnectionsPerAddressMax(value))),
                    Setting.single(
                            "connections.yieldAfter",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.operator().yieldAfter(),
                            (config, value) ->
                                    config.withOperator(config.operator().withYieldAfter(value))),
                    Setting.single(
                            "connections.idleMax",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.operator().idleMax(),
                            (config, value) ->
                                    config.withOperator(config.operator().withIdleMax(value))),
                    Setting.single(
                            "metrics.listen",
                            Settings::metrics,
                            metrics -> metrics.map(MetricsAddress::toString).orElse("off"),
                            config -> config.operator().metrics(),
                            (config, value) ->
                                    config.withOperator(config.operator().withMetrics(value))),
                    search("search.hopsMax", SearchConfig::hopsMax, SearchConfig::withHopsMax),
                    search(
                            "search.resultsMax",
                            SearchConfig::resultsMax,
                            SearchConfig::withResultsMax),
                    Setting.single(
                            "search.waitMax",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.search().waitMax(),
                            (config, value) ->
                                    config.withSearch(config.search().withWaitMax(value))),
                    Setting.single(
                            "kademlia.mode",
                            Settings::dhtMode,
                            mode -> mode.name().toLowerCase(Locale.ROOT),
                            config -> config.dht().mode(),
                            (config, value) -> config.withDht(config.dht().withMode(value))),
                    Setting.single(
                            "kademlia.ownerRecord",
                            Settings::bool,
                            String::valueOf,
                            config -> config.dht().ownerRecord(),
                            (config, value) -> config.withDht(config.dht().withOwnerRecord(value))),
                    reputation(
                            "reputation.stampDifficulty",
                            ReputationConfig::stampDifficulty,
                            ReputationConfig::withStampDifficulty),
                    reputation(
                            "reputation.reportsMax",
                            ReputationConfig::reportsMax,
                            ReputationConfig::withReportsMax),
                    reputation(
                            "reputation.newcomerLimitUsd",
                            ReputationConfig::newcomerLimitUsd,
                            ReputationConfig::withNewcomerLimitUsd),
                    Setting.single(
                            "swap.lookEvery",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.swap().lookEvery(),
                            (config, value) -> config.withSwap(config.swap().withLookEvery(value))),
                    Setting.single(
                            "swap.handling",
                            Quantity::duration,
                            Quantity::text,
                            config -> config.swap().handling(),
                            (config, value) -> config.withSwap(config.swap().withHandling(value))),
                    count(
                            "swap.unfundedLocksMax",
                            config -> config.swap().unfundedLocksMax(),
                            (config, value) ->
                                    config.withSwap(config.swap().withUnfundedLocksMax(value))),
                    count(
                            "swap.inFlightUsdMax",
                            config -> config.swap().inFlightUsdMax(),
                            (config, value) ->
                                    config.withSwap(config.swap().withInFlightUsdMax(value))),
                    Setting.list(
                            "swap.depths",
                            ";",
                            DepthRule::parse,
                            DepthRule::toString,
                            config -> config.swap().depths(),
                            (config, value) -> config.withSwap(config.swap().withDepths(value))),
                    Setting.single(
                            "exchange.testClock",
                            Settings::file,
                            file -> file.map(Path::toString).orElse(""),
                            config -> config.wallet().testClock(),
                            (config, value) ->
                                    config.withWallet(config.wallet().withTestClock(value))),
                    reach("relay.serve", ReachConfig::serve, ReachConfig::withServe),
                    Setting.list(
                            "relay.own",
                            ",",
                            PeerId::parse,
                            PeerId::toString,
                            config -> config.reach().own(),
                            (config, value) -> config.withReach(config.reach().withOwn(value))),
                    reach("relay.ownOnly", ReachConfig::ownOnly, ReachConfig::withOwnOnly),
                    Setting.single(
                            "relay.use",
                            Settings::relayUse,
                            use -> use.name().toLowerCase(Locale.ROOT),
                            config -> config.reach().use(),
                            (config, value) -> config.withReach(config.reach().withUse(value))),
                    reach("autonat.serve", ReachConfig::autoNat, ReachConfig::withAutoNat),
                    reach(
                            "autonat.private",
                            ReachConfig::autoNatPrivate,
                            ReachConfig::withAutoNatPrivate),
                    Setting.single(
                            "limits.exemptLoopback",
                            Settings::bool,
                            String::valueOf,
                            AgentConfig::exemptLoopback,
                            AgentConfig::withExemptLoopback),
                    Setting.single(
                            "log.format",
                            Settings::logFormat,
                            format -> format.name().toLowerCase(Locale.ROOT),
                            AgentConfig::logFormat,
                            AgentConfig::withLogFormat));

    private Settings() {}

    static Optional<Setting<?>> withKey(String key) {
        return ALL.stream().<Setting<?>>map(s -> s).filter(s -> s.key().equals(key)).findFirst();
    }

    private static Setting<Integer> count(
            String key,
            Function<AgentConfig, Integer> of,
            BiFunction<AgentConfig, Integer, AgentConfig> with) {
        return Setting.single(key, Settings::integer, String::valueOf, of, with);
    }

    private static Setting<Integer> imAlive(
            String key,
            Function<ImAliveConfig, Integer> of,
            BiFunction<ImAliveConfig, Integer, ImAliveConfig> with) {
        return count(
                key,
                config -> of.apply(config.imAlive()),
                (config, value) -> config.withImAlive(with.apply(config.imAlive(), value)));
    }

    private static Setting<Boolean> reach(
            String key,
            Function<ReachConfig, Boolean> of,
            BiFunction<ReachConfig, Boolean, ReachConfig> with) {
        return Setting.single(
                key,
                Settings::bool,
                String::valueOf,
                config -> of.apply(config.reach()),
                (config, value) -> config.withReach(with.apply(config.reach(), value)));
    }

    private static Setting<Integer> reputation(
            String key,
            Function<ReputationConfig, Integer> of,
            BiFunction<ReputationConfig, Integer, ReputationConfig> with) {
        return count(
                key,
                config -> of.apply(config.reputation()),
                (config, value) -> config.withReputation(with.apply(config.reputation(), value)));
    }

    private static Setting<Integer> search(
            String key,
            Function<SearchConfig, Integer> of,
            BiFunction<SearchConfig, Integer, SearchConfig> with) {
        return count(
                key,
                config -> of.apply(config.search()),
                (config, value) -> config.withSearch(with.apply(config.search(), value)));
    }

    private static Setting<Optional<Path>> transportFile(
            String key,
            Function<TransportConfig, Optional<Path>> of,
            BiFunction<TransportConfig, Optional<Path>, TransportConfig> with) {
        return Setting.single(
                key,
                Settings::file,
                file -> file.map(Path::toString).orElse(""),
                config -> of.apply(config.transport()),
                (config, value) -> config.withTransport(with.apply(config.transport(), value)));
    }

    private static SecurityKind security(String text) {
        return switch (text.strip()) {
            case "noise" -> SecurityKind.NOISE;
            case "tls" -> SecurityKind.TLS;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is neither noise nor tls".formatted(Printed.brief(text)));
        };
    }

    private static int integer(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'%s' is not a whole number".formatted(Printed.brief(text)), e);
        }
    }

    private static boolean bool(String text) {
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is neither true nor false".formatted(Printed.brief(text)));
        };
    }

    private static Optional<MetricsAddress> metrics(String text) {
        return text.strip().equals("off")
                ? Optional.empty()
                : Optional.of(MetricsAddress.parse(text));
    }

    private static Optional<Path> file(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
    }

    private static DhtMode dhtMode(String text) {
        return switch (text.strip()) {
            case "server" -> DhtMode.SERVER;
            case "client" -> DhtMode.CLIENT;
            case "off" -> DhtMode.OFF;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is none of server, client and off"
                                    .formatted(Printed.brief(text)));
        };
    }

    private static RelayUse relayUse(String text) {
        return switch (text.strip()) {
            case "auto" -> RelayUse.AUTO;
            case "always" -> RelayUse.ALWAYS;
            case "never" -> RelayUse.NEVER;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is none of auto, always and never"
                                    .formatted(Printed.brief(text)));
        };
    }

    private static LogFormat logFormat(String text) {
        return switch (text.strip()) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is neither text nor json".formatted(Printed.brief(text)));
        };
    }
}
