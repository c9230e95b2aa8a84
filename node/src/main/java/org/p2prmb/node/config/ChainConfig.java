package org.p2prmb.node.config;

import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.utxo.UtxoSettings;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A chain on which the agent has coins, and the node by which it sees it.
public sealed interface ChainConfig {
    /// The chain's CAIP-2 name.
    String name();

    NodeAccess node();

    /// Its own coin first.
    List<Asset> assets();

    /// The most that the agent is to hold, of those assets that have a limit.
    List<Amount> holdMax();

    /// Whether its coins are worth nothing.
    boolean isTest();

    /// Whether coins can be locked on it.
    boolean isReady();

    /// A chain with the Ethereum virtual machine.
    record Evm(NodeAccess node, EvmSettings settings, List<Amount> holdMax) implements ChainConfig {
        private static final long TEST_CHAIN = 31_337;

        public Evm {
            holdMax = List.copyOf(holdMax);
        }

        @Override
        public String name() {
            return settings.chain();
        }

        @Override
        public List<Asset> assets() {
            var assets = new ArrayList<Asset>();
            assets.add(settings.feeAsset());
            assets.addAll(settings.tokens());
            return assets;
        }

        @Override
        public boolean isTest() {
            return settings.chainId() == TEST_CHAIN;
        }

        @Override
        public boolean isReady() {
            return settings.contract().size() > 0;
        }
    }

    /// Bitcoin, Litecoin, and their test chains.
    record Utxo(NodeAccess node, UtxoSettings settings, List<Amount> holdMax)
            implements ChainConfig {
        public Utxo {
            holdMax = List.copyOf(holdMax);
        }

        @Override
        public String name() {
            return settings.chain().name();
        }

        @Override
        public List<Asset> assets() {
            return List.of(settings.chain().asset());
        }

        @Override
        public boolean isTest() {
            return settings.chain().isTest();
        }

        @Override
        public boolean isReady() {
            return true;
        }
    }

    /// As `rmb config show` has it.
    default String shown() {
        return "%s (%s) at %s%s"
                .formatted(
                        name(),
                        assets().stream().map(Asset::coin).collect(Collectors.joining(" ")),
                        node(),
                        isReady() ? "" : ", no contract yet");
    }
}
