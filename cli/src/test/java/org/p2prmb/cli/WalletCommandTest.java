package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.Htlc;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.config.Home;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A wallet from the command line, over anvil and litecoind.
@Program.Needed({Program.ANVIL, Program.LITECOIND})
final class WalletCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final BigInteger TWO_ETHER = BigInteger.TEN.pow(18).shiftLeft(1);
    private static final long TFT = 10_000_000;
    private static final String CHAIN = "eip155:31337";
    private static final String SOMEBODY = "0x00000000000000000000000000000000005ebd1e";
    private static final Map<String, String> OPENED = Map.of("RMB_WALLET_PASSPHRASE", "horse");
    private static final Map<String, String> CLOSED = Map.of();

    private static Anvil anvil;
    private static Litecoind litecoind;

    @TempDir Path folder;
    private ObjectNode wallet;
    private Bytes token;
    private CommandRun.Background agent;

    @BeforeAll
    static void startNodes() throws IOException, LedgerException {
        anvil = Anvil.start();
        litecoind = Litecoind.start();
    }

    @AfterAll
    static void endNodes() {
        anvil.close();
        litecoind.close();
    }

    /// A sealed wallet with 1000 TFT, 2 ETH and 3 LTC.
    @BeforeEach
    void makeWallet() throws IOException, LedgerException {
        assertThat(rmb(CLOSED, "", "init").code()).isZero();
        wallet = json(rmb(OPENED, "", "wallet", "create", "--json"));
        assertThat(wallet.path("sealed").asBoolean()).isTrue();
        var owner = EvmAddress.parse(wallet.path("wallet").asText());
        anvil.setBalance(owner, TWO_ETHER);
        token = anvil.deployToken(owner, 1_000 * TFT);
        configure("home", "");
        start(OPENED);
        litecoind.pay(address("LTC"), "3");
    }

    @AfterEach
    void endAgent() {
        agent.end();
    }

    private void configure(String home, String contract) throws IOException {
        Files.writeString(
                Home.of(folder.resolve(home)).configuration(),
                """
                listen = ["/ip4/127.0.0.1/tcp/0"]

                [[chain]]
                kind = "utxo"
                network = "litecoin-regtest"
                rpc = "%s"

                [[chain]]
                kind = "evm"
                chain-id = 31337
                rpc = "%s"
                gas-accounts = 1
                tokens = ["TFT %s 7"]
                hold-max = ["1 ETH"]
                %s
                """
                        .formatted(
                                litecoind.address(),
                                anvil.address(),
                                EvmAddress.text(token),
                                contract));
    }

    @Test
    void coinsComeAndGo() throws LedgerException {
        assertThat(balance("LTC").path("free").asText()).isEqualTo("3");
        assertThat(balance("TFT").path("free").asText()).isEqualTo("1000");
        assertThat(balance("ETH").path("warning").asText())
                .contains("2 ETH are more than the 1 ETH");
        var people = wallet("balance");
        assertThat(people.out()).contains("FREE", "RESERVED", "LOCKED", "1000");
        assertThat(people.err()).contains("2 accounts are low on gas", "hold-max");

        var to = litecoind.rpc().ask("getnewaddress").asText();
        var refused = rmb(CLOSED, "no\n", "wallet", "send", "1 LTC", to);
        assertThat(refused.code()).isEqualTo(Rmb.USAGE);
        assertThat(refused.err()).contains("Pays 1 LTC to " + to, "Fee ", "nothing was done");
        var sent = rmb(CLOSED, "yes\n", "wallet", "send", "1 LTC", to);
        assertThat(sent.code()).as(sent.err()).isZero();
        litecoind.mine(1);
        assertThat(litecoind.rpc().ask("getreceivedbyaddress", to).decimalValue())
                .isEqualByComparingTo("1");
        assertThat(balance("LTC").path("free").asText()).startsWith("1.999");

        paid(wallet("send", "5 TFT", SOMEBODY, "--yes"));
        assertThat(balance("TFT").path("free").asText()).isEqualTo("995");
        paid(wallet("send", "0.25 ETH", SOMEBODY, "--yes"));
        assertThat(anvil.balance(EvmAddress.parse(SOMEBODY))).isEqualTo(TWO_ETHER.shiftRight(3));

        assertThat(wallet("send", "1 BTC", to, "--yes").err()).contains("no coin BTC");
        assertThat(wallet("send", "1 LTC", SOMEBODY, "--yes").err()).contains("begin with rltc1");
        assertThat(wallet("send", "1996 TFT", SOMEBODY, "--yes").code()).isEqualTo(Rmb.USAGE);
    }

    @Test
    void gasAndContractComeFromTheFundingAccount() throws IOException, LedgerException {
        assertThat(wallet("gas", "--chain", address("LTC"), "--yes").code()).isEqualTo(Rmb.FAILED);
        paid(wallet("gas", "--chain", CHAIN, "--each", "0.1", "--yes"));
        for (var account : balances().path("gas")) {
            assertThat(account.path("balance").asText()).isEqualTo("0.1");
            assertThat(account.path("low").asBoolean()).isFalse();
        }
        assertThat(wallet("gas", "--chain", CHAIN, "--each", "0.1").out()).contains("have enough");

        var words = words("wallet", "deploy", "--chain", CHAIN, "--yes");
        var deploying = CommandRun.inBackground(InputStream.nullInputStream(), words);
        eventually(() -> {
            mine();
            return deploying.code().isDone();
        });
        var deployed = deploying.end();
        assertThat(deployed.code()).as(deployed.err()).isZero();
        var line = deployed.out().strip();
        assertThat(line).startsWith("contract = \"0x");
        var contract = line.substring(line.indexOf('"') + 1, line.length() - 1);
        assertThat(anvil.rpc().ask("eth_getCode", contract, "latest").asText())
                .isEqualTo("0x" + Htlc.code().toHex());

        configure("home", line);
        assertThat(rmb(CLOSED, "", "config", "show").out()).doesNotContain("no contract yet");
    }

    /// The agent has 2 ETH, and is to hold 1.
    @Test
    void whatTheAgentIsToHoldNoMoreOfIsNeitherSoldForNorBought()
            throws IOException, LedgerException {
        agent.end();
        configure("home", "contract = \"%s\"".formatted(EvmAddress.text(anvil.deployHtlc())));
        start(OPENED);
        isRefused("sell --give 1_LTC --want ETH --price 1_LTC_=_1_ETH --usd 1_LTC_=_1000 --yes");
        isRefused(
                "buy --want ETH --with LTC --usd 1000 --max-price 1_ETH_=_1_LTC --at-most 1_LTC"
                        + " --yes");
        assertThat(rmb(CLOSED, "", "offers", "--mine", "--json").out()).isEmpty();
    }

    private void isRefused(String line) {
        var words = Arrays.stream(line.split(" ")).map(word -> word.replace('_', ' '));
        var result = rmb(CLOSED, "", words.toArray(String[]::new));
        assertThat(result.code()).isNotEqualTo(Rmb.DONE);
        assertThat(result.err()).contains("the agent is to hold no more ETH", "hold-max");
    }

    @Test
    void aLockedWalletShowsCoinsAndSendsNothing() throws LedgerException {
        agent.end();
        start(CLOSED);
        var said = Json.parseObject(agent.out());
        assertThat(said.path("sealed").asBoolean()).isTrue();
        assertThat(said.path("wallet")).isEqualTo(wallet.path("wallet"));
        litecoind.mine(1);
        assertThat(balance("LTC").path("free").asText()).isEqualTo("3");
        assertThat(balances().path("sealed").asBoolean()).isTrue();
        for (var amount : new String[] {"1 LTC", "1 TFT"}) {
            var to =
                    amount.endsWith("LTC")
                            ? litecoind.rpc().ask("getnewaddress").asText()
                            : SOMEBODY;
            var sent = wallet("send", amount, to, "--yes");
            assertThat(sent.code()).isEqualTo(Rmb.FAILED);
            assertThat(sent.err()).contains("locked away");
        }
    }

    @Test
    void aNodeThatIsAwayIsSaidAndAskedAgain() throws IOException {
        agent.end();
        var toml = Home.of(folder.resolve("home")).configuration();
        Files.writeString(
                toml, Files.readString(toml).replace(anvil.address(), "http://127.0.0.1:1/"));
        start(OPENED);
        assertThat(balance("ETH").path("error").asText()).contains("no answer from 127.0.0.1:1");
        assertThat(balance("LTC").path("free").asText()).isEqualTo("3");
        assertThat(wallet("balance").out()).contains("?");
    }

    @Test
    void theWordsMakeTheSameWalletElsewhere() throws IOException {
        var before = address("LTC");
        agent.end();
        var phrase = wallet.path("phrase").asText();
        assertThat(rmb(CLOSED, phrase, "wallet", "restore").err()).contains("already");
        assertThat(rmb(CLOSED, "", "wallet", "backup", "--phrase").err()).contains("sealed");
        assertThat(rmb(OPENED, "", "wallet", "backup", "--phrase").out().strip()).isEqualTo(phrase);
        var copy = folder.resolve("copy");
        assertThat(rmb(CLOSED, "", "wallet", "backup", "--to", copy.toString()).code()).isZero();
        var key = Home.of(folder.resolve("home")).walletKey();
        assertThat(copy).hasSameTextualContentAs(key);
        assertThat(rmb(CLOSED, "", "wallet", "backup", "--to", copy.toString()).err())
                .contains("is there already");

        folder = folder.resolve("elsewhere");
        assertThat(rmb(CLOSED, "", "init").code()).isZero();
        var wrong = rmb(OPENED, phrase.replaceFirst(" .*", " zoo"), "wallet", "restore");
        assertThat(wrong.code()).isEqualTo(Rmb.USAGE);
        assertThat(wrong.err()).contains("no wallet was restored");
        var unsealed = rmb(CLOSED, phrase + "\n\n", "wallet", "restore");
        assertThat(unsealed.code()).isEqualTo(Rmb.USAGE);
        assertThat(unsealed.err()).contains("--plain");
        var restored = rmb(CLOSED, phrase + "\n\n", "wallet", "restore", "--plain");
        assertThat(restored.code()).as(restored.err()).isZero();
        assertThat(restored.err()).contains("Warning: the wallet is not sealed");
        configure("home", "");
        start(CLOSED);
        assertThat(address("LTC")).isEqualTo(before);
        assertThat(balance("LTC").path("free").asText()).isEqualTo("3");
    }

    private void start(Map<String, String> environment) {
        agent =
                CommandRun.inBackground(
                        environment, InputStream.nullInputStream(), words("node", "--json"));
        var started = agent;
        eventually(() -> started.out().endsWith("\n") || started.code().isDone());
        assertThat(started.code().isDone()).as(started.err()).isFalse();
    }

    private void paid(CommandRun.Result sent) {
        assertThat(sent.code()).as(sent.err()).isZero();
        mine();
    }

    private static void mine() {
        try {
            anvil.mine(1);
        } catch (LedgerException e) {
            throw new AssertionError(e);
        }
    }

    private String address(String coin) {
        for (var entry : json(wallet("address", "--json")).path("addresses")) {
            if (entry.path("coins").path(0).asText().equals(coin)) {
                return entry.path("address").asText();
            }
        }
        throw new AssertionError("no address for " + coin);
    }

    private JsonNode balances() {
        return json(wallet("balance", "--json"));
    }

    private JsonNode balance(String coin) {
        for (var entry : balances().path("assets")) {
            if (entry.path("coin").asText().equals(coin)) {
                return entry;
            }
        }
        throw new AssertionError("no " + coin);
    }

    private CommandRun.Result wallet(String... words) {
        var all = new String[words.length + 1];
        all[0] = "wallet";
        System.arraycopy(words, 0, all, 1, words.length);
        return rmb(CLOSED, "", all);
    }

    private CommandRun.Result rmb(Map<String, String> environment, String in, String... words) {
        return CommandRun.of(environment, in, words(words));
    }

    private String[] words(String... words) {
        var all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--home";
        all[words.length + 1] = folder.resolve("home").toString();
        return all;
    }

    private static ObjectNode json(CommandRun.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return Json.parseObject(result.out());
    }

    private static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
