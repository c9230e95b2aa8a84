package org.p2prmb.ledgers.utxo;

import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Monetary;
import org.bitcoinj.base.Network;
import org.bitcoinj.base.SegwitAddress;
import org.bitcoinj.base.exceptions.AddressFormatException;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

import java.time.Duration;
import java.util.Locale;

/// What tells one chain of Bitcoin's kind from another.
///
/// @param coin what people call its coin, which has 8 decimals
/// @param genesis the hash of its first block, as nodes show it
/// @param prefix of its addresses (BIP 173)
/// @param coinType of its keys (SLIP 44)
/// @param dust outputs below it are not passed on
/// @param rateMin units for each virtual byte that are paid on the quietest day. Litecoin's nodes
///     replace nothing unless they are told to, so there the first rung of a ladder must be enough
/// @param blockTime between two blocks, on average
public record UtxoChain(
        String coin,
        Bytes genesis,
        String prefix,
        int coinType,
        long dust,
        long rateMin,
        Duration blockTime) {
    public static final UtxoChain BITCOIN =
            new UtxoChain(
                    "BTC",
                    Bytes.hex("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
                    "bc",
                    0,
                    330,
                    2,
                    Duration.ofMinutes(10));

    public static final UtxoChain BITCOIN_REGTEST =
            new UtxoChain(
                    "BTC",
                    Bytes.hex("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
                    "bcrt",
                    1,
                    330,
                    2,
                    Duration.ofMinutes(10));

    public static final UtxoChain LITECOIN =
            new UtxoChain(
                    "LTC",
                    Bytes.hex("12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"),
                    "ltc",
                    2,
                    3_300,
                    20,
                    Duration.ofSeconds(150));

    public static final UtxoChain LITECOIN_REGTEST =
            new UtxoChain(
                    "LTC",
                    Bytes.hex("530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9"),
                    "rltc",
                    1,
                    3_300,
                    20,
                    Duration.ofSeconds(150));

    private static final int HASH_BYTES = 32;
    private static final int NAME_BYTES = 16;
    private static final int DECIMALS = 8;
    private static final int TEST_COIN_TYPE = 1;
    private static final int OP_1 = 0x51;

    public UtxoChain {
        Limits.require(genesis.size() == HASH_BYTES, "a block has a hash of 32 bytes");
        Limits.require(coinType >= 0, "a type of coin is a number");
        Limits.require(dust > 0 && rateMin > 0, "dust and fees are more than nothing");
        Limits.require(blockTime.isPositive(), "a chain takes its time");
    }

    /// Its CAIP-2 name: BIP 122's, cut to 32 digits.
    public String name() {
        return "bip122:" + genesis.slice(0, NAME_BYTES).toHex();
    }

    public Asset asset() {
        return new Asset(name(), coin, Bytes.EMPTY, DECIMALS);
    }

    /// @param program the hash of a key or of a script, of version 0
    String address(Bytes program) {
        return SegwitAddress.fromProgram(new Prefix(prefix), 0, program.toArray()).toBech32();
    }

    /// What an output to this address has for a script.
    ///
    /// Throws `IllegalArgumentException` unless it is one of this chain's of version 0, for a key
    /// or a script, or of version 1 (BIP 173, BIP 350).
    Bytes script(String address) {
        Limits.require(
                address.toLowerCase(Locale.ROOT).startsWith(prefix + "1"),
                "addresses here begin with %s1: older kinds are not paid".formatted(prefix));
        try {
            var parsed = SegwitAddress.fromBech32(address, new Prefix(prefix));
            int version = parsed.getWitnessVersion();
            var program = Bytes.wrap(parsed.getWitnessProgram());
            Limits.require(
                    version == 0 || (version == 1 && program.size() == HASH_BYTES),
                    "an address of a version that is not known yet");
            var opcode = (byte) (version == 0 ? 0 : OP_1);
            return Bytes.wrap(new byte[] {opcode, (byte) program.size()}).concat(program);
        } catch (AddressFormatException e) {
            throw new IllegalArgumentException(
                    "no address, or one with a mistake in it: copy it again", e);
        }
    }

    /// A test's own chain, on which coins are worth nothing.
    public boolean isTest() {
        return coinType == TEST_COIN_TYPE;
    }

    /// As much of a network as an address needs.
    private record Prefix(String segwitAddressHrp) implements Network {
        @Override
        public String id() {
            return segwitAddressHrp;
        }

        @Override
        public int legacyAddressHeader() {
            throw new UnsupportedOperationException("no addresses of the old kind");
        }

        @Override
        public int legacyP2SHHeader() {
            throw new UnsupportedOperationException("no addresses of the old kind");
        }

        @Override
        public String uriScheme() {
            throw new UnsupportedOperationException("no links");
        }

        @Override
        public boolean hasMaxMoney() {
            return false;
        }

        @Override
        public Monetary maxMoney() {
            return Coin.valueOf(Long.MAX_VALUE);
        }

        @Override
        public boolean exceedsMaxMoney(Monetary amount) {
            return false;
        }
    }
}
