package org.p2prmb.node.config;

import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables `[[chain]]` of `rmb.toml`: a table's texts become a [ChainConfig].
final class ChainTables {
    private static final Set<String> SHARED_KEYS =
            Set.of(
                    "kind",
                    "rpc",
                    "rpc-user",
                    "rpc-password-file",
                    "timeout",
                    "confirm",
                    "hold-max");
    private static final Set<String> EVM_KEYS =
            Set.of("chain-id", "coin", "contract", "tokens", "gas-accounts", "block-time", "tip");
    private static final Set<String> UTXO_KEYS = Set.of("network", "fee-rate-max");
    private static final Map<String, UtxoChain> NETWORKS =
            Map.of(
                    "bitcoin", UtxoChain.BITCOIN,
                    "bitcoin-regtest", UtxoChain.BITCOIN_REGTEST,
                    "litecoin", UtxoChain.LITECOIN,
                    "litecoin-regtest", UtxoChain.LITECOIN_REGTEST);
    private static final String EVM = "evm";
    private static final String UTXO = "utxo";
    private static final Duration BLOCK_TIME = Duration.ofSeconds(12);
    private static final Duration CONFIRM = Duration.ofMinutes(5);
    private static final long TIP = 1_000_000_000;
    private static final long TIP_MAX = 1L << 49;
    private static final int GAS_ACCOUNTS = 4;
    private static final int GAS_ACCOUNTS_MAX = 16;
    private static final long RATE_MAX = 100_000;
    private static final Pattern TOKEN = Pattern.compile("(\\S+)\\s+(\\S+)\\s+([0-9]{1,2})");

    private final Path file;
    private final Map<String, List<String>> texts;

    private ChainTables(Path file, Map<String, List<String>> texts) {
        this.file = file;
        this.texts = texts;
    }

    /// Throws `IllegalArgumentException` or [UserException] that names the setting.
    ///
    /// @param file whose folder paths are relative to
    static ChainConfig parse(Path file, Map<String, List<String>> texts) {
        var table = new ChainTables(file, texts);
        return switch (table.required("kind", "evm or utxo")) {
            case EVM -> table.evm();
            case UTXO -> table.utxo();
            default -> throw new IllegalArgumentException("kind is neither evm nor utxo");
        };
    }

    private ChainConfig evm() {
        requireKnown(EVM_KEYS);
        required("chain-id", "the chain's number, such as 1");
        long chainId = number("chain-id", 0, 1, Long.MAX_VALUE);
        var tokens = texts.getOrDefault("tokens", List.of());
        var settings =
                new EvmSettings(
                        chainId,
                        optional("coin").orElse("ETH"),
                        optional("contract")
                                .map(text -> named("contract", () -> EvmAddress.parse(text)))
                                .orElse(Bytes.EMPTY),
                        tokens.stream()
                                .map(text -> named("tokens", () -> token(chainId, text)))
                                .toList(),
                        (int) number("gas-accounts", GAS_ACCOUNTS, 1, GAS_ACCOUNTS_MAX),
                        time("block-time", BLOCK_TIME),
                        time("confirm", CONFIRM),
                        BigInteger.valueOf(number("tip", TIP, 1, TIP_MAX)));
        var assets =
                Stream.concat(
                                Stream.of(named("coin", settings::feeAsset)),
                                settings.tokens().stream())
                        .toList();
        return new ChainConfig.Evm(node(), settings, holdMax(assets));
    }

    private ChainConfig utxo() {
        requireKnown(UTXO_KEYS);
        var names = String.join(", ", new TreeMap<>(NETWORKS).keySet());
        var network = NETWORKS.get(required("network", "one of " + names));
        if (network == null) {
            throw new IllegalArgumentException("network is none of " + names);
        }
        var usual = UtxoSettings.of(network);
        var settings =
                new UtxoSettings(
                        network,
                        time("confirm", usual.confirm()),
                        number("fee-rate-max", usual.rateMax(), network.rateMin(), RATE_MAX));
        return new ChainConfig.Utxo(node(), settings, holdMax(List.of(network.asset())));
    }

    private NodeAccess node() {
        return NodeAccess.of(
                required("rpc", "the address of its node, such as http://127.0.0.1:8545"),
                optional("rpc-user"),
                optional("rpc-password-file").map(file::resolveSibling),
                time("timeout", NodeAccess.LIMIT));
    }

    private List<Amount> holdMax(List<Asset> assets) {
        return texts.getOrDefault("hold-max", List.of()).stream()
                .map(text -> named("hold-max", () -> Amount.parse(text, assets)))
                .toList();
    }

    /// `TFT 0x... 7`: name, contract, decimals.
    private static Asset token(long chainId, String text) {
        var form = TOKEN.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a name, an address and a number of decimals"
                            .formatted(Printed.brief(text)));
        }
        return new Asset(
                EvmSettings.chain(chainId),
                form.group(1),
                EvmAddress.parse(form.group(2)),
                Integer.parseInt(form.group(3)));
    }

    private Duration time(String key, Duration otherwise) {
        var time =
                optional(key)
                        .map(text -> named(key, () -> Quantity.duration(text)))
                        .orElse(otherwise);
        Bounds.time(key, time, Duration.ofSeconds(1), Duration.ofDays(1));
        return time;
    }

    private long number(String key, long otherwise, long min, long max) {
        var text = optional(key).orElse(String.valueOf(otherwise)).strip();
        // Up to 18 digits are a long.
        long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
        if (number < min || number > max) {
            throw new IllegalArgumentException(
                    "%s = %s is no number from %d to %d"
                            .formatted(key, Printed.brief(text), min, max));
        }
        return number;
    }

    private String required(String key, String what) {
        return optional(key)
                .orElseThrow(() ->
                        new IllegalArgumentException("%s is missing: %s".formatted(key, what)));
    }

    private Optional<String> optional(String key) {
        var items = texts.get(key);
        if (items == null) {
            return Optional.empty();
        }
        if (items.size() != 1) {
            throw new IllegalArgumentException(key + " takes one value");
        }
        return Optional.of(items.getFirst());
    }

    private void requireKnown(Set<String> ofKind) {
        var known =
                Stream.concat(SHARED_KEYS.stream(), ofKind.stream()).collect(Collectors.toSet());
        for (var key : texts.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        "unknown setting %s%s"
                                .formatted(
                                        Printed.brief(key), ConfigReader.suggestion(key, known)));
            }
        }
    }

    private interface Reading<T> {
        T read();
    }

    /// What is wrong, with the setting's name before it.
    private static <T> T named(String key, Reading<T> reading) {
        try {
            return reading.read();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }
}
