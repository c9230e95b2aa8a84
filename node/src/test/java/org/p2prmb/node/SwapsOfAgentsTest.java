package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.node.TestAgents.arguments;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DepthRule;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.node.swap.SimulatedTown;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapClient;
import org.p2prmb.protocols.swap.TermsCodec.Told;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Swaps of two agents over real connections, on simulated chains.
final class SwapsOfAgentsTest {
    private static final BigInteger GOLD = BigInteger.valueOf(1_000_000);
    private static final BigInteger CORN = BigInteger.valueOf(4_000_000);
    private static final Bytes WINDOW = Canonical.domain("test/window").sha256();

    /// Five looks at one swap.
    private static final int TIPS = 10;

    @TempDir private Path directory;
    private final SimulatedTown town = new SimulatedTown(Instant.now().minus(Duration.ofHours(12)));
    private TestAgents agents;
    private TestAgents.Home sellerHome;
    private final SimulatedTown.Wallet sellersWallet = town.wallet("seller");
    private final SimulatedTown.Wallet buyersWallet = town.wallet("buyer");
    private Agent seller;
    private Agent buyer;
    private TestAgents.Client sellersOwner;
    private TestAgents.Client buyersOwner;

    @BeforeEach
    void startTwo() throws IOException {
        agents = new TestAgents(directory);
        sellerHome = agents.home();
        var buyerHome = agents.home();
        seller = start(sellerHome, sellersWallet);
        buyer = start(buyerHome, buyersWallet, seller);
        sellersOwner = agents.client(sellerHome.owner(), seller);
        buyersOwner = agents.client(buyerHome.owner(), buyer);
        Eventually.holds("they know each other", () -> TestAgents.knows(seller, buyer.peerId()));
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    private Agent start(TestAgents.Home home, Chains wallet, Agent... bootstrap)
            throws IOException {
        return agents.start(home, config(bootstrap), wallet);
    }

    private static AgentConfig config(Agent... bootstrap) {
        var config = TestAgents.config(bootstrap);
        return config.withSwap(
                config.swap()
                        .withLookEvery(Duration.ofMillis(100))
                        .withDepths(List.of(new DepthRule("*", 2, 3))));
    }

    private static Audit.Sold sold(long index) {
        return new Audit.Sold(
                WINDOW, SimulatedTown.GOLD, GOLD, SimulatedTown.CORN, CORN, 100_000, index);
    }

    /// A window has sold a lot; returns the swap.
    private String agree() throws LedgerException {
        var settlement = buyer.trade().settlement();
        var parties = settlement.parties(SimulatedTown.GOLD, SimulatedTown.CORN);
        settlement.expect(
                sold(parties.index()), seller.peerId(), town.now().plus(Duration.ofMinutes(10)));
        return seller.trade()
                .settlement()
                .sell(sold(0), buyer.peerId(), parties.redeemTo(), parties.refundTo())
                .toHex();
    }

    private static JsonNode shown(TestAgents.Client owner, String swap) {
        try {
            return owner.ask("swaps.show", arguments().put("swap", swap.substring(0, 8)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isIn(TestAgents.Client owner, String swap, String state) {
        return shown(owner, swap).path("state").asText().equals(state);
    }

    /// A block at a time, each once both sides have looked five times at the one before.
    private void passUntilBoth(String swap, String state) {
        for (int block = 0; block < 60 && !areBothIn(swap, state); block++) {
            town.pass();
            int sellersTips = sellersWallet.tips();
            int buyersTips = buyersWallet.tips();
            Eventually.holds(
                    "both look",
                    () ->
                            (sellersWallet.tips() > sellersTips + TIPS
                                            || isIn(sellersOwner, swap, state))
                                    && (buyersWallet.tips() > buyersTips + TIPS
                                            || isIn(buyersOwner, swap, state)));
        }
        assertThat(areBothIn(swap, state)).isTrue();
    }

    private boolean areBothIn(String swap, String state) {
        return isIn(sellersOwner, swap, state) && isIn(buyersOwner, swap, state);
    }

    @Test
    void whatAWindowSoldIsSwappedReportedAndShown() throws Exception {
        var swap = agree();
        Eventually.holds("signed", () -> isIn(sellersOwner, swap, "lock-ready"));
        passUntilBoth(swap, "settled");
        Eventually.holds(
                "reported",
                () ->
                        seller.reputation().hasReported(buyer.peerId(), id(swap))
                                && buyer.reputation().hasReported(seller.peerId(), id(swap)));
        assertThat(buyer.reputation().explain(seller.peerId()).reports())
                .anyMatch(one -> one.own() && one.filed().verified());
        var list = buyersOwner.ask("swaps.list", arguments()).path("swaps");
        assertThat(list).hasSize(1);
        assertThat(list.path(0).path("role").asText()).isEqualTo("buyer");
        assertThat(list.path(0).at("/gets/amount").asText()).isEqualTo("0.01");
        var shown = shown(buyersOwner, swap);
        assertThat(shown.path("timeline"))
                .extracting(moment -> moment.path("state").asText())
                .containsExactly(
                        "countersigned", "lock-ready", "locked", "secret-known", "settled");
    }

    private static Bytes id(String hex) {
        return Bytes.hex(hex);
    }

    @Test
    void anAgentThatIsStartedAgainGoesOn() throws Exception {
        var swap = agree();
        Eventually.holds("signed", () -> isIn(sellersOwner, swap, "lock-ready"));
        seller.abort();
        seller = start(sellerHome, sellersWallet, buyer);
        sellersOwner = agents.client(sellerHome.owner(), seller);
        passUntilBoth(swap, "settled");
    }

    @Test
    void refundsAreSaidToBePossibleLaterAndWhatIsLockedIsNotWithdrawn() throws Exception {
        var swap = agree();
        Eventually.holds("signed", () -> isIn(sellersOwner, swap, "lock-ready"));
        var refund = sellersOwner.ask("swaps.refund", arguments().put("swap", swap));
        assertThat(refund.path("refundFrom").asText())
                .isEqualTo(refund.at("/deadlines/refundA").asText());
        refused("swaps.withdraw", swap, CommandException.FAILED);
        refused("swaps.show", "abcd1234", CommandException.UNKNOWN);
        refused("swaps.show", "x", CommandException.ARGUMENTS);
    }

    private void refused(String command, String swap, int code) {
        assertThat(sellersOwner.call(command, arguments().put("swap", swap).toString()))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /// Attack 36: whoever tells too much is not heard, and the others are.
    @Test
    void aStrangerThatTellsWithoutEndIsCutOff() throws Exception {
        var host = agents.host(KeyPair.generate(TestAgents.RANDOM));
        var connection = host.connect(seller.peerId(), seller.addresses(), TestAgents.PATIENCE);
        var noise = new Told(WINDOW, new SwapMessage.LockB(Bytes.utf8("lock")));
        for (int message = 0; message < 60; message++) {
            assertThatThrownBy(() -> SwapClient.tell(connection, noise))
                    .isInstanceOf(IOException.class);
        }
        assertThat(agree()).isNotEmpty();
    }
}
