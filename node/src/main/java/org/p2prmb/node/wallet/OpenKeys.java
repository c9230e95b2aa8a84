package org.p2prmb.node.wallet;

import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.ledgers.utxo.UtxoKeys;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.Map;
import java.util.TreeMap;

/// What a machine may have of a wallet while its seed is locked away: enough to finish every swap
/// that was begun, and to spend nothing but gas (decision 25 of the swap).
///
/// ```text
/// rmb-wallet-open 1
/// address: 0x...                    of the account that locks
/// gas: <seed of the gas accounts, 32 bytes in hexadecimal>
/// coin 0: <public halves of the coins' and the parties' keys, 98 bytes>
/// ...                               for each type of coin (SLIP 44) that we know
/// ```
///
/// @param address of the account that locks
/// @param halves by type of coin
record OpenKeys(Bytes address, Bytes gasSeed, Map<Integer, Bytes> halves) {
    static final int TEXT_MAX = 4_096;

    private static final String TITLE = "rmb-wallet-open 1";
    private static final int GAS_SEED_BYTES = 32;

    OpenKeys {
        Limits.require(gasSeed.size() == GAS_SEED_BYTES, "the seed of the gas has 32 bytes");
        halves = Map.copyOf(halves);
    }

    EvmKeys evm() {
        return EvmKeys.gasOnly(address, gasSeed);
    }

    UtxoKeys utxo(UtxoChain chain) {
        var half = halves.get(chain.coinType());
        if (half == null) {
            throw new IllegalStateException("no keys for coins of type " + chain.coinType());
        }
        return UtxoKeys.watching(half);
    }

    String text() {
        var text = new StringBuilder(TITLE).append('\n');
        text.append("address: ").append(EvmAddress.text(address)).append('\n');
        text.append("gas: ").append(gasSeed.toHex()).append('\n');
        new TreeMap<>(halves)
                .forEach(
                        (type, half) -> text.append("coin %d: %s\n".formatted(type, half.toHex())));
        return text.toString();
    }

    /// Throws `IllegalArgumentException` unless it is a text of [#text].
    static OpenKeys parse(String text) {
        var fields = new TreeMap<String, String>();
        text.lines()
                .skip(1)
                .map(line -> line.split(": ", 2))
                .forEach(parts -> fields.put(parts[0], parts[parts.length - 1]));
        var halves = new TreeMap<Integer, Bytes>();
        for (var chain : WalletKeys.UTXO_CHAINS) {
            var half = Bytes.hex(fields.getOrDefault("coin " + chain.coinType(), ""));
            UtxoKeys.watching(half); // So that nothing else is found wrong later.
            halves.put(chain.coinType(), half);
        }
        var keys =
                new OpenKeys(
                        EvmAddress.parse(fields.getOrDefault("address", "")),
                        Bytes.hex(fields.getOrDefault("gas", "")),
                        halves);
        Limits.require(keys.text().equals(text), "there is more in it, or less");
        return keys;
    }

    @Override
    public String toString() {
        return "OpenKeys of " + EvmAddress.text(address); // The gas is somebody's, too.
    }
}
