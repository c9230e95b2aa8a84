package org.p2prmb.cli;

import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// An EVM chain and a Litecoin chain of one test. One hand moves the time of both and of the
/// agents' swaps together, and makes a block on each at every step.
final class TestChains implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration EVM_BLOCK = Duration.ofSeconds(12);
    private static final Duration UTXO_BLOCK = Duration.ofSeconds(150);

    private final Anvil evm;
    private final Litecoind utxo;
    private final Path clock;
    private final Bytes contract;
    private final Bytes token;
    private final ScheduledExecutorService hand =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private Instant now;
    private Instant litecoin; // When its last block was made.
    private volatile Duration step = Duration.ofSeconds(1);
    private volatile boolean halted = true;
    private volatile Optional<Exception> failure = Optional.empty();

    private TestChains(Anvil evm, Litecoind utxo, Path clock) throws LedgerException, IOException {
        this.evm = evm;
        this.utxo = utxo;
        this.clock = clock;
        contract = evm.deployHtlc();
        token = evm.deployToken(evm.rich(), 1_000_000_0000000L);
        now = Instant.now().plusSeconds(60);
        litecoin = now;
        for (int blocks = 12; blocks > 0; blocks--) {
            pass(UTXO_BLOCK);
        }
        hand.scheduleWithFixedDelay(this::pass, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    static TestChains start(Path folder) throws LedgerException, IOException {
        var evm = Anvil.start();
        Litecoind utxo = null;
        TestChains chains = null;
        try {
            utxo = Litecoind.start();
            chains = new TestChains(evm, utxo, folder.resolve("clock"));
            return chains;
        } finally {
            if (chains == null) {
                evm.close();
                if (utxo != null) {
                    utxo.close();
                }
            }
        }
    }

    Anvil evm() {
        return evm;
    }

    Litecoind utxo() {
        return utxo;
    }

    Bytes token() {
        return token;
    }

    /// Where locks of tokens are.
    Bytes contract() {
        return contract;
    }

    /// Kills the Litecoin node; says which blocks it has to be told then.
    synchronized List<String> crashUtxo() {
        var forgotten = new ArrayList<String>();
        between(() -> forgotten.addAll(utxo.crash(now)));
        return forgotten;
    }

    /// What an agent's configuration says of them.
    String toml() {
        return """
        exchange.testClock = "%s"
        swap.lookEvery = "200ms"

        [[chain]]
        kind = "evm"
        rpc = "%s"
        chain-id = %d
        contract = "0x%s"
        tokens = ["TFT 0x%s 7"]

        [[chain]]
        kind = "utxo"
        network = "litecoin-regtest"
        rpc = "%s"
        """
                .formatted(
                        clock,
                        evm.address(),
                        Anvil.CHAIN_ID,
                        contract.toHex(),
                        token.toHex(),
                        utxo.address());
    }

    /// From now on time goes on by so much twice a second.
    void run(Duration changed) {
        step = changed;
        halted = false;
    }

    /// From now on time stands still but for [#once].
    void halt() {
        halted = true;
    }

    /// One step.
    void once(Duration by) {
        between(() -> pass(by));
    }

    private void pass() {
        try {
            if (!halted && failure.isEmpty()) {
                pass(step);
            }
        } catch (LedgerException | IOException e) {
            failure = Optional.of(e);
        }
    }

    /// Blocks as often as the agents expect them. Nothing else of the chains happens meanwhile.
    private synchronized void pass(Duration by) throws LedgerException, IOException {
        var until = now.plus(by);
        do {
            var least = evm.time().plusSeconds(1); // A deed's block may be ahead.
            var next = until.isBefore(now.plus(EVM_BLOCK)) ? until : now.plus(EVM_BLOCK);
            now = next.isAfter(least) ? next : least;
            evm.setNextTime(now.getEpochSecond());
            evm.mine(1);
        } while (now.isBefore(until));
        utxo.setTime(now);
        for (; !now.isBefore(litecoin.plus(UTXO_BLOCK)); litecoin = litecoin.plus(UTXO_BLOCK)) {
            utxo.mine(1);
        }
        var fresh = clock.resolveSibling("clock.new");
        Files.writeString(fresh, String.valueOf(now.getEpochSecond()));
        Files.move(
                fresh, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Does something to the chains between two steps.
    synchronized void between(Deed deed) {
        failure.ifPresent(cause -> {
            throw new IllegalStateException("time stands still", cause);
        });
        try {
            deed.run();
        } catch (LedgerException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Something done to chains.
    @FunctionalInterface
    interface Deed {
        void run() throws LedgerException, IOException;
    }

    @Override
    public void close() {
        hand.shutdownNow();
        evm.close();
        utxo.close();
    }
}
