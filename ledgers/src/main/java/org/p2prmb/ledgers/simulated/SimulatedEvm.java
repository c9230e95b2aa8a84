package org.p2prmb.ledgers.simulated;

import fr.acinq.secp256k1.Secp256k1Exception;

import org.p2prmb.ledgers.evm.Words;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.simulated.EvmContracts.Done;
import org.p2prmb.ledgers.simulated.EvmContracts.Event;
import org.p2prmb.ledgers.simulated.EvmState.Reverted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Leg;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// A chain with the contract of the locks and plain tokens: accounts, nonces, gas, calls that fail.
/// Signatures are verified, bytecode is not run: what the contracts do is told in [EvmContracts].
public final class SimulatedEvm implements SimulatedChain {
    private static final BigInteger BASE_FEE = BigInteger.TEN.pow(9);
    private static final int WAITING_MAX = 10_000;
    private static final long GAS_LEAST = 21_000;
    private static final int HASH_WORD = 4;

    /// The code with which nodes refuse a transaction.
    private static final int REJECTED = -32_000;

    private final long chainId;
    private final Bytes htlc;
    private final EvmContracts contracts;
    private final List<Block> blocks = new ArrayList<>();

    /// The heights of blocks that are not empty.
    private final NavigableSet<Long> busy = new TreeSet<>();

    private final Map<Bytes, Waiting> waiting = new LinkedHashMap<>();
    private long scarcity = 1;
    private int slowness;
    private long made;

    /// @param state after it
    record Block(Bytes hash, Instant time, List<Included> included, EvmState state) {}

    /// @param event nothing when the call failed, or had none
    /// @param after the state after it
    record Included(SignedCall tx, boolean succeeded, Optional<Event> event, EvmState after) {}

    private record Waiting(SignedCall tx, long since) {}

    /// @param htlc where the contract of the locks is
    /// @param decimals of the tokens, by their addresses
    /// @param start the time of the first block
    public SimulatedEvm(long chainId, Bytes htlc, Map<Bytes, Integer> decimals, Instant start) {
        this.chainId = chainId;
        this.htlc = htlc;
        contracts = new EvmContracts(chainId, htlc, decimals);
        append(start, List.of(), new EvmState());
    }

    @Override
    public SimulatedNode node() {
        return new SimulatedEvmNode(this);
    }

    long chainId() {
        return chainId;
    }

    boolean isHtlc(Bytes address) {
        return address.equals(htlc);
    }

    /// Gives an account something out of nothing, in the newest block.
    ///
    /// @param token empty for the chain's own coin
    public synchronized void give(Bytes token, Bytes account, BigInteger amount) {
        var top = blocks.removeLast();
        var state = top.state().copy();
        state.give(token, account, amount);
        blocks.add(new Block(top.hash(), top.time(), top.included(), state));
    }

    @Override
    public synchronized long height() {
        return blocks.size() - 1L;
    }

    synchronized Block block(long height) {
        return blocks.get((int) height);
    }

    synchronized BigInteger baseFee() {
        return BASE_FEE.multiply(BigInteger.valueOf(scarcity));
    }

    synchronized void submit(Bytes bytes) throws RpcRefusal {
        var tx = decoded(bytes);
        var state = blocks.getLast().state();
        var from = tx.call().from();
        require(tx.nonce() >= state.nonce(from), "nonce too low");
        require(!waiting.containsKey(tx.id()), "transaction already imported");
        require(waiting.size() < WAITING_MAX, "txpool is full");
        require(tx.gas() >= GAS_LEAST, "intrinsic gas too low");
        require(tx.tip().compareTo(tx.most()) <= 0, "max priority fee higher than max fee");
        require(canPay(state, tx), "Insufficient funds for gas * price + value");
        long since = height() + 1;
        var before = waiting(from, tx.nonce());
        if (before.isPresent()) {
            require(
                    isDearer(tx.most(), before.get().tx().most())
                            && isDearer(tx.tip(), before.get().tx().tip()),
                    "replacement transaction underpriced");
            since = before.get().since(); // It has waited as long.
            waiting.remove(before.get().tx().id());
        }
        waiting.put(tx.id(), new Waiting(tx, since));
    }

    private SignedCall decoded(Bytes bytes) throws RpcRefusal {
        try {
            return SignedCall.decode(bytes, chainId);
        } catch (IllegalArgumentException | ArithmeticException | Secp256k1Exception e) {
            throw new RpcRefusal(REJECTED, "failed to decode signed transaction: " + e);
        }
    }

    private static void require(boolean holds, String otherwise) throws RpcRefusal {
        if (!holds) {
            throw new RpcRefusal(REJECTED, otherwise);
        }
    }

    /// By a tenth at least.
    private static boolean isDearer(BigInteger than, BigInteger it) {
        return than.multiply(BigInteger.TEN).compareTo(it.multiply(BigInteger.valueOf(11))) >= 0;
    }

    private Optional<Waiting> waiting(Bytes from, long nonce) {
        return waiting.values().stream()
                .filter(it -> it.tx().nonce() == nonce && it.tx().call().from().equals(from))
                .findFirst();
    }

    synchronized boolean isWaiting(Bytes id) {
        return waiting.containsKey(id);
    }

    /// What could be in the next block: of each account without gaps.
    synchronized List<SignedCall> pending() {
        return waiting.values().stream()
                .map(Waiting::tx)
                .filter(tx -> tx.nonce() < pendingNonce(tx.call().from()))
                .toList();
    }

    synchronized long pendingNonce(Bytes account) {
        long nonce = blocks.getLast().state().nonce(account);
        while (waiting(account, nonce).isPresent()) {
            nonce++;
        }
        return nonce;
    }

    /// What a call would do after this block, if it were sent by nobody.
    synchronized Done call(Bytes to, Bytes data, long height) throws Reverted {
        var block = block(height);
        var nobody = Bytes.wrap(new byte[to.size()]);
        return contracts.call(
                block.state().copy(),
                new EvmContracts.Call(nobody, to, BigInteger.ZERO, data),
                block.time().getEpochSecond());
    }

    @Override
    public synchronized void mine(Instant time) {
        var state = blocks.getLast().state();
        var included = new ArrayList<Included>();
        for (var next = next(state); next.isPresent(); next = next(state)) {
            waiting.remove(next.get().id());
            var after = state.copy();
            included.add(include(next.get(), after, time));
            state = included.getLast().after();
        }
        append(time, included, state);
        var now = state;
        waiting.values().removeIf(it -> it.tx().nonce() < now.nonce(it.tx().call().from()));
    }

    private Optional<SignedCall> next(EvmState state) {
        return waiting.values().stream()
                .filter(it -> height() + 1 - it.since() >= slowness)
                .map(Waiting::tx)
                .filter(tx -> tx.most().compareTo(baseFee()) >= 0)
                .filter(tx -> tx.nonce() == state.nonce(tx.call().from()))
                .filter(tx -> canPay(state, tx))
                .min(Comparator.comparing(tx -> tx.price(baseFee()).negate())); // The dearest.
    }

    private static boolean canPay(EvmState state, SignedCall tx) {
        return state.balance(Bytes.EMPTY, tx.call().from()).compareTo(tx.cost()) >= 0;
    }

    private Included include(SignedCall tx, EvmState state, Instant time) {
        var price = tx.price(baseFee());
        state.useNonce(tx.call().from());
        try {
            var after = state.copy();
            var done = contracts.call(after, tx.call(), time.getEpochSecond());
            if (done.gas() > tx.gas()) {
                throw new Reverted("out of gas");
            }
            pay(after, tx, price, done.gas());
            return new Included(tx, true, done.event(), after);
        } catch (Reverted e) {
            pay(state, tx, price, GAS_LEAST);
            return new Included(tx, false, Optional.empty(), state);
        }
    }

    private static void pay(EvmState state, SignedCall tx, BigInteger price, long gas) {
        state.give(Bytes.EMPTY, tx.call().from(), price.multiply(BigInteger.valueOf(gas)).negate());
    }

    private void append(Instant time, List<Included> included, EvmState state) {
        var parent = blocks.isEmpty() ? Bytes.EMPTY : blocks.getLast().hash();
        // Two blocks in the same place are not the same block.
        var hash = Canonical.domain("simulated/block").bytes(parent).longNumber(made++).sha256();
        blocks.add(new Block(hash, time, List.copyOf(included), state));
        if (!included.isEmpty()) {
            busy.add(height());
        }
    }

    /// The heights of blocks that hold something, from the lowest on.
    synchronized List<Long> busy(long from, long to) {
        return from > to ? List.of() : List.copyOf(busy.subSet(from, true, to, true));
    }

    @Override
    public synchronized void reorganise(int depth, List<Instant> instead) {
        Limits.require(depth < blocks.size(), "deeper than the chain");
        var again = new ArrayList<SignedCall>();
        for (int left = depth; left > 0; left--) {
            again.addAll(0, blocks.removeLast().included().stream().map(Included::tx).toList());
        }
        busy.tailSet(height(), false).clear();
        instead.forEach(time -> append(time, List.of(), blocks.getLast().state()));
        waiting.values().forEach(it -> again.add(it.tx()));
        waiting.clear();
        for (var tx : again) {
            try {
                submit(tx.bytes());
            } catch (RpcRefusal e) {
                // Its account has not enough any more.
            }
        }
    }

    @Override
    public synchronized void forget() {
        waiting.clear();
    }

    @Override
    public synchronized void scarce(int times) {
        scarcity = times;
    }

    @Override
    public synchronized void slow(int waits) {
        slowness = waits;
    }

    @Override
    public synchronized int locks(Leg leg, Bytes hash) {
        return (int)
                blocks.stream()
                        .flatMap(block -> block.included().stream())
                        .flatMap(included -> included.event().stream())
                        .filter(event -> event.topic().equals(EvmContracts.LOCKED))
                        .filter(event -> hashIn(event).equals(hash))
                        .count();
    }

    private static Bytes hashIn(Event locked) {
        return locked.data().slice(HASH_WORD * Words.BYTES, (HASH_WORD + 1) * Words.BYTES);
    }
}
