package org.p2prmb.node.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ConfigReader;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the owner may pay while swaps have set something aside, over anvil.
@Program.Needed(Program.ANVIL)
final class PaymentCommandsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final BigInteger ETHER = BigInteger.TEN.pow(18);
    private static final Asset ETH = new Asset("eip155:31337", "ETH", Bytes.EMPTY, 18);
    private static final String SOMEBODY = "0x00000000000000000000000000000000005ebd1e";
    private static final Command.Caller OWNER =
            new Command.Caller(KeyPair.generate(RANDOM).peerId(), null);

    @TempDir Path folder;
    private Anvil anvil;
    private Wallet wallet;
    private Map<Asset, BigInteger> reserved = Map.of();
    private final Map<Asset, BigInteger> locked = Map.of(ETH, ETHER.multiply(BigInteger.TEN));
    private final TreeMap<String, Command> commands = new TreeMap<>();

    @BeforeEach
    void start() throws IOException, LedgerException {
        anvil = Anvil.start();
        var toml = folder.resolve("rmb.toml");
        Files.writeString(
                toml,
                """
                [[chain]]
                kind = "evm"
                chain-id = 31337
                rpc = "%s"
                hold-max = ["3 ETH"]
                """
                        .formatted(anvil.address()));
        var config = new ConfigReader(AgentConfig.defaults(), Map.of(), Map.of()).read(toml);
        var keys = WalletKeys.of(SeedPhrase.fresh(RANDOM));
        wallet = Wallet.open(config.config().wallet(), Optional.of(keys), new MonotonicClock());
        anvil.setBalance(EvmAddress.parse(keys.address()), ETHER.shiftLeft(1));
        var pledges =
                new Pledges() {
                    @Override
                    public <T> T during(Work<T> work) throws LedgerException {
                        return work.run(new Pledged(reserved, locked, List.of()));
                    }
                };
        commands.putAll(new WalletCommands(wallet, pledges).all());
        commands.putAll(new PaymentCommands(wallet, pledges).all());
    }

    @AfterEach
    void end() {
        wallet.close();
        anvil.close();
    }

    private static ObjectNode arguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    private JsonNode run(String command, ObjectNode arguments) throws Exception {
        return commands.get(command).run(arguments, OWNER);
    }

    private JsonNode send(String amount) throws Exception {
        return run("wallet.send", arguments().put("amount", amount).put("to", SOMEBODY));
    }

    private void refused(ObjectNode arguments, int code, String complaint) {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> run("wallet.send", arguments))
                .withMessageContaining(complaint)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void whatSwapsHaveReservedIsNotPaid() throws Exception {
        reserved = Map.of(ETH, ETHER.multiply(BigInteger.valueOf(3)).shiftRight(1));
        var balance = run("wallet.balance", arguments()).path("assets").path(0);
        assertThat(balance.path("confirmed").asText()).isEqualTo("2");
        assertThat(balance.path("free").asText()).isEqualTo("0.5");
        assertThat(balance.path("reserved").asText()).isEqualTo("1.5");
        assertThat(balance.path("locked").asText()).isEqualTo("10");
        refused(
                arguments().put("amount", "0.5 ETH").put("to", SOMEBODY),
                CommandException.ARGUMENTS,
                "are needed with the fee, and 0.5 ETH are free");
        assertThat(send("0.4 ETH").path("sent").asBoolean()).isTrue();
        anvil.mine(1);
        assertThat(anvil.balance(EvmAddress.parse(SOMEBODY)))
                .isEqualTo(ETHER.shiftLeft(2).divide(BigInteger.TEN));
    }

    @Test
    void aPreviewSendsNothingAndAGrownFeeIsAskedAgain() throws Exception {
        var wanted = arguments().put("amount", "1 ETH").put("to", SOMEBODY);
        var preview = run("wallet.send", wanted.deepCopy().put("preview", 1));
        assertThat(preview.path("sent").asBoolean()).isFalse();
        assertThat(preview.has("ids")).isFalse();
        anvil.setBaseFee(BigInteger.valueOf(100_000_000_000L));
        anvil.mine(1);
        var agreed = wanted.deepCopy().put("feeMax", preview.path("feeMax").asText());
        refused(agreed, CommandException.ARGUMENTS, "ask again");
        anvil.mine(1);
        assertThat(anvil.balance(EvmAddress.parse(SOMEBODY))).isZero();
    }

    @Test
    void paymentsFollowEachOther() throws Exception {
        send("0.5 ETH");
        refused(
                arguments().put("amount", "0.5 ETH").put("to", SOMEBODY),
                CommandException.FAILED,
                "waits for its block");
        refused(arguments().put("to", SOMEBODY), CommandException.ARGUMENTS, "'amount' is missing");
    }

    @Test
    void moreThanTheAgentIsToHoldIsSaid() throws Exception {
        assertThat(wallet.holdMax(ETH).orElseThrow()).hasToString("3 ETH");
        assertThat(wallet.tooMuch(ETH)).isEmpty();
        assertThat(wallet.warnings()).isEmpty();
        assertThat(wallet.assets()).isEmpty(); // There is no contract yet.
    }
}
