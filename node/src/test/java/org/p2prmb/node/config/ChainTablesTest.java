package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.protocols.swap.Amount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

final class ChainTablesTest {
    private static final String TFT = "TFT 0x8f0FB159380176D324542b3a7933F0C2Fd0c2bbf 7";
    private static final String EVM =
            """
            [[chain]]
            kind = "evm"
            rpc = "http://127.0.0.1:8545"
            chain-id = 31337
            """;
    private static final String UTXO =
            """
            [[chain]]
            kind = "utxo"
            network = "litecoin"
            rpc = "https://me:hid%40den@node.example:9332/customer"
            """;

    @TempDir Path folder;

    @Test
    void bothKindsAreRead() throws IOException {
        Files.writeString(folder.resolve("pw"), "secret\n");
        var chains =
                read(EVM
                                + "tokens = [\"%s\"]\nhold-max = [\"20000 TFT\"]\n".formatted(TFT)
                                + "gas-accounts = 2\nblock-time = \"2 s\"\n"
                                + "rpc-user = \"u\"\nrpc-password-file = \"pw\"\n"
                                + UTXO)
                        .config()
                        .wallet()
                        .chains();
        assertThat(chains).hasSize(2);
        var evm = (ChainConfig.Evm) chains.getFirst();
        assertThat(evm.name()).isEqualTo("eip155:31337");
        assertThat(evm.isReady()).isFalse();
        assertThat(evm.isTest()).isTrue();
        assertThat(evm.settings().gasAccounts()).isEqualTo(2);
        assertThat(evm.settings().blockTime()).isEqualTo(Duration.ofSeconds(2));
        assertThat(evm.assets())
                .extracting(Amount::fullName)
                .containsExactly("ETH@eip155:31337", "TFT@eip155:31337");
        assertThat(evm.holdMax()).singleElement().hasToString("20000 TFT");
        assertThat(evm.node().credentials()).isEqualTo("u:secret");
        var utxo = (ChainConfig.Utxo) chains.getLast();
        assertThat(utxo.settings().chain()).isEqualTo(UtxoChain.LITECOIN);
        assertThat(utxo.isTest()).isFalse();
        assertThat(utxo.node().credentials()).isEqualTo("me:hid@den");
        assertThat(utxo.node().address().toString())
                .isEqualTo("https://node.example:9332/customer");
    }

    @Test
    void passwordsAndPathsAreNotShown() throws IOException {
        var shown = read(UTXO).lines().toString() + read(UTXO).config();
        assertThat(shown)
                .contains("https://node.example:9332")
                .doesNotContain("hid@den", "hid%40den", "customer");
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        wrong(EVM.replace("evm", "evn"), "kind is neither evm nor utxo");
        wrong("[chain]\nkind = \"evm\"\n", "write [[chain]]");
        wrong("[[chain]]\n", "kind is missing");
        wrong(EVM.replace("31337", "0"), "chain-id = 0 is no number from 1");
        wrong(EVM.replace("chain-id = 31337", ""), "chain-id is missing");
        wrong(EVM.replace("http:", "ftp:"), "rpc is no address");
        wrong(EVM.replace("http://127.0.0.1:8545", "a b"), "rpc is no address");
        wrong(EVM + "contract = \"0x12\"\n", "contract: an address is 0x and 40");
        wrong(EVM + "tokens = [\"TFT 7\"]\n", "tokens: 'TFT 7' is not a name");
        wrong(EVM + "tokens = [\"tft %s\"]\n".formatted(TFT.substring(4)), "tokens: a coin's name");
        wrong(EVM + "gas-accounts = 17\n", "gas-accounts = 17 is no number from 1 to 16");
        wrong(EVM + "block-time = \"1\"\n", "block-time: a duration is");
        wrong(EVM + "confirm = \"2000 h\"\n", "confirm = 2000 h is outside");
        wrong(EVM + "coin = \"eth\"\n", "coin: a coin's name is");
        wrong(EVM + "hold-max = [\"BTC 0.5\"]\n", "hold-max: ");
        wrong(EVM + "rpc-user = \"u\"\n", "belong together");
        wrong(EVM + "gas_accounts = 1\n", "unknown setting gas_accounts: did you mean");
        wrong(EVM + "network = \"litecoin\"\n", "unknown setting network");
        wrong(EVM + EVM, "two tables [[chain]] for eip155:31337");
        wrong(
                UTXO.replace("\"litecoin\"", "\"lightcoin\""),
                "network is none of bitcoin, bitcoin-reg");
        wrong(UTXO + "rpc-user = \"u\"\nrpc-password-file = \"pw\"\n", "has a user already");
        wrong(UTXO + "fee-rate-max = 1\n", "fee-rate-max = 1 is no number from 20");
        var many = new StringBuilder();
        for (int chain = 1; chain <= 9; chain++) {
            many.append(EVM.replace("31337", String.valueOf(chain)));
        }
        wrong(many.toString(), "number of chains = 9");
    }

    @Test
    void aTestClockIsForTestChains() throws IOException {
        var clock = "exchange.testClock = \"/tmp/clock\"\n";
        assertThat(read(clock + EVM).config().wallet().testClock()).isPresent();
        wrong(clock + EVM.replace("31337", "1"), "eip155:1 is none");
        wrong(clock + UTXO, "is for test chains");
        assertThat(read(clock + UTXO.replace("\"litecoin\"", "\"litecoin-regtest\"")).config())
                .isNotNull();
    }

    private void wrong(String toml, String complaint) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> read(toml))
                .withMessageContaining(complaint)
                .satisfies(e ->
                        assertThat(e.getMessage()).doesNotContain("\n", "hid@den", "hid%40den"));
    }

    private ResolvedConfig read(String toml) throws IOException {
        var file = folder.resolve("rmb.toml");
        Files.writeString(file, toml);
        return new ConfigReader(AgentConfig.defaults(), Map.of(), Map.of()).read(file);
    }

    @Test
    void aPasswordFileMustBeThere() throws IOException {
        var config =
                read(EVM + "rpc-user = \"u\"\nrpc-password-file = \"none\"\n").config().wallet();
        assertThat(List.of(config.chains().getFirst().shown()))
                .containsExactly("eip155:31337 (ETH) at http://127.0.0.1:8545, no contract yet");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> config.chains().getFirst().node().credentials())
                .withMessageContaining("none");
    }
}
