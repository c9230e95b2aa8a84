package org.p2prmb.ledgers;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.evm.EvmKeys;
import org.p2prmb.ledgers.evm.EvmLedger;
import org.p2prmb.ledgers.evm.EvmSettings;
import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.simulated.SimulatedEvm;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The simulated chain with the contract of the locks and anvil, which runs its code, agree.
@Program.Needed(Program.ANVIL)
final class DifferentialEvmTest {
    private static final int HISTORIES = Integer.getInteger("runs", 24);
    private static final BigInteger COIN = BigInteger.TEN.pow(18);
    private static final BigInteger TOKENS = BigInteger.valueOf(1_000_000);
    private static final int TOKEN_DECIMALS = 7;

    @Test
    void anvilAndTheSimulatedChainAgreeOnCoins() throws IOException, LedgerException {
        // Gas is modelled roughly, so coins are compared in tenths.
        agree(false, COIN, DifferentialEvmTest::tenths);
    }

    @Test
    void anvilAndTheSimulatedChainAgreeOnTokens() throws IOException, LedgerException {
        agree(true, TOKENS, UnaryOperator.identity());
    }

    private static BigInteger tenths(BigInteger units) {
        var tenth = COIN.divide(BigInteger.TEN);
        return new BigDecimal(units)
                .divide(new BigDecimal(tenth), 0, RoundingMode.HALF_UP)
                .toBigInteger();
    }

    private static void agree(boolean isToken, BigInteger amount, UnaryOperator<BigInteger> rounded)
            throws IOException, LedgerException {
        try (var node = Anvil.start()) {
            var contract = node.deployHtlc();
            var start =
                    Answer.count(
                            node.rpc().ask("eth_getBlockByNumber", "latest", false), "timestamp");
            var histories = new Histories(amount, rounded, Instant.ofEpochSecond(start));
            for (int number = 0; number < HISTORIES; number++) {
                var owner = keys("alice", number).fundingAddress();
                var token = isToken ? node.deployToken(owner, 2_000_000) : Bytes.EMPTY;
                var chain =
                        new SimulatedEvm(
                                Anvil.CHAIN_ID,
                                contract,
                                isToken ? Map.of(token, TOKEN_DECIMALS) : Map.of(),
                                histories.now());
                if (isToken) {
                    chain.give(token, owner, BigInteger.valueOf(2_000_000));
                }
                for (var name : List.of("alice", "bob")) {
                    var keys = keys(name, number);
                    for (var account :
                            List.of(
                                    keys.fundingAddress(),
                                    keys.refunderAddress(0),
                                    keys.redeemerAddress(0))) {
                        node.setBalance(account, COIN.multiply(BigInteger.TWO));
                        chain.give(Bytes.EMPTY, account, COIN.multiply(BigInteger.TWO));
                    }
                }
                var settings = settings(contract, token);
                histories.run(
                        number,
                        twin(node.rpc(), settings, number, new Real(node)),
                        twin(chain.node(), settings, number, new Simulated(chain)));
            }
            histories.assertAllSeen();
        }
    }

    private static EvmKeys keys(String name, int number) {
        return EvmKeys.of(Twin.seed(name, number), Twin.seed(name + " gas", number));
    }

    private static EvmSettings settings(Bytes contract, Bytes token) {
        var chain = "eip155:" + Anvil.CHAIN_ID;
        return new EvmSettings(
                Anvil.CHAIN_ID,
                "ETH",
                contract,
                token.size() == 0
                        ? List.of()
                        : List.of(new Asset(chain, "TFT", token, TOKEN_DECIMALS)),
                1,
                Duration.ofSeconds(12),
                Duration.ofMinutes(5),
                BigInteger.TEN.pow(9));
    }

    private static Twin twin(Rpc node, EvmSettings settings, int number, Twin.Hands hands)
            throws LedgerException {
        var alice = EvmLedger.open(node, settings, keys("alice", number));
        return new Twin(
                alice,
                EvmLedger.open(node, settings, keys("bob", number)),
                settings.tokens().stream().findFirst().orElse(alice.feeAsset()),
                node,
                hands);
    }

    private interface Sending extends Twin.Hands {
        @Override
        default Optional<String> send(Rpc node, Bytes tx) throws LedgerException {
            return Twin.refusal(node, "eth_sendRawTransaction", "0x" + tx.toHex());
        }

        /// One byte of it is another: of its frame, its fields, or its signature, whose account
        /// has nothing then.
        @Override
        default Bytes damaged(Bytes tx, int way) {
            var bytes = tx.toArray();
            bytes[(bytes.length - 1) * way / 7] ^= 1;
            return Bytes.wrap(bytes);
        }
    }

    private record Real(Anvil node) implements Sending {
        @Override
        public void mine(Instant time) throws LedgerException {
            node.setNextTime(time.getEpochSecond());
            node.mine(1);
        }

        /// What it held is not sent again by this node.
        @Override
        public void reorganise(int depth, List<Instant> instead) throws LedgerException {
            node.rpc().ask("anvil_rollback", depth);
            node.rpc().ask("anvil_dropAllTransactions");
            for (var time : instead) {
                mine(time);
            }
        }
    }

    private record Simulated(SimulatedEvm chain) implements Sending {
        @Override
        public void mine(Instant time) {
            chain.mine(time);
        }

        @Override
        public void reorganise(int depth, List<Instant> instead) {
            chain.reorganise(depth, List.of());
            chain.forget();
            instead.forEach(chain::mine);
        }
    }
}
