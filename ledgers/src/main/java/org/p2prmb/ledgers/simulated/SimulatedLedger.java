package org.p2prmb.ledgers.simulated;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// A wallet on a [SimulatedChain], and a node that sees it.
public final class SimulatedLedger implements Ledger {
    private static final int VARIANTS = 4;

    private final SimulatedChain chain;
    private final Bytes seed;
    private long hidden;

    /// @param seed of the wallet's keys
    public SimulatedLedger(SimulatedChain chain, Bytes seed) {
        this.chain = chain;
        this.seed = seed;
    }

    /// Where coins that are not locked go.
    public Bytes address() {
        return key("address", 0);
    }

    /// From now on our node does not know the last blocks, as one that was killed may not.
    public void hide(long blocks) {
        hidden = blocks;
    }

    private Bytes key(String what, long index) {
        return Canonical.domain("simulated/" + what).bytes(seed).longNumber(index).sha256();
    }

    private long height() {
        return Math.max(0, chain.height() - hidden);
    }

    @Override
    public String chain() {
        return chain.rules().coin().chain();
    }

    @Override
    public Bytes template(Asset asset) {
        return Canonical.domain("simulated/lock").text(asset.chain()).sha256();
    }

    @Override
    public Pace pace(int depth) {
        return chain.rules().pace(depth);
    }

    @Override
    public Tip tip() {
        return new Tip(height(), chain.medianTime(height()));
    }

    @Override
    public Optional<Block> block(long height) {
        return height <= height() ? Optional.of(chain.block(height)) : Optional.empty();
    }

    @Override
    public Bytes party(long index) {
        return key("party", index);
    }

    @Override
    public BigInteger balance(Asset asset) {
        return BigInteger.valueOf(
                chain.unspent().values().stream()
                        .filter(output -> output.owner().equals(address()) && !output.isLock())
                        .mapToLong(SimulatedTx.Output::amount)
                        .sum());
    }

    @Override
    public BigInteger feeReserve(Asset asset) {
        return BigInteger.valueOf(2 * dearest());
    }

    private long dearest() {
        return chain.rules().fee() << VARIANTS;
    }

    @Override
    public Asset feeAsset() {
        return chain.rules().coin();
    }

    @Override
    public Optional<String> unfit(Leg leg) {
        if (!leg.asset().equals(chain.rules().coin())) {
            return Optional.of("no such coin on " + chain());
        }
        return leg.amount().compareTo(BigInteger.valueOf(2 * dearest())) <= 0
                ? Optional.of("less than its fees")
                : Optional.empty();
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        long wanted = leg.amount().longValueExact() + chain.rules().fee();
        var inputs = new ArrayList<Bytes>();
        long found = 0;
        for (var coin : new TreeMap<>(chain.unspent()).entrySet()) {
            var output = coin.getValue();
            if (found < wanted
                    && output.owner().equals(address())
                    && !output.isLock()
                    && !reserved.contains(coin.getKey())) {
                inputs.add(coin.getKey());
                found += output.amount();
            }
        }
        if (found < wanted) {
            throw new LedgerException("not enough coins that are free");
        }
        var outputs = new ArrayList<SimulatedTx.Output>();
        outputs.add(lock(leg, hash));
        if (found > wanted) {
            outputs.add(SimulatedTx.Output.coins(address(), found - wanted));
        }
        var tx = new SimulatedTx(inputs, outputs, address(), 0, Bytes.EMPTY);
        var ref = SimulatedTx.output(tx.id(), 0);
        var whole = found;
        return new SignedLock(
                ref,
                List.of(signed(tx, chain.rules().fee())),
                inputs,
                ladder(fee ->
                        spend(
                                List.of(ref),
                                leg.amount().longValueExact() - fee,
                                party(index),
                                leg.refundAt().getEpochSecond())),
                ladder(fee -> spend(inputs, whole - fee, address(), 0)),
                height());
    }

    private static SimulatedTx.Output lock(Leg leg, Bytes hash) {
        return new SimulatedTx.Output(
                leg.redeemTo(),
                leg.amount().longValueExact(),
                hash,
                leg.refundTo(),
                leg.refundAt().getEpochSecond());
    }

    private static SignedTx signed(SimulatedTx tx, long fee) {
        return new SignedTx(tx.id(), tx.encoded(), fee);
    }

    /// Each pays twice what the one before does.
    private List<SignedTx> ladder(LongFunction<SimulatedTx> paying) {
        var ladder = new ArrayList<SignedTx>();
        for (int variant = 1; variant <= VARIANTS; variant++) {
            long fee = chain.rules().fee() << variant;
            ladder.add(signed(paying.apply(fee), fee));
        }
        return ladder;
    }

    private SimulatedTx spend(List<Bytes> spent, long amount, Bytes signer, long lockTime) {
        return new SimulatedTx(
                spent,
                List.of(SimulatedTx.Output.coins(address(), amount)),
                signer,
                lockTime,
                Bytes.EMPTY);
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return Optional.empty();
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index) {
        return ladder(
                fee -> spend(List.of(ref), leg.amount().longValueExact() - fee, party(index), 0));
    }

    @Override
    public List<SignedTx> redeem(
            Leg leg, Bytes ref, Secret secret, long index, List<SignedTx> presigned) {
        var ladder =
                presigned.isEmpty() ? presignRedeem(leg, secret.hash(), ref, index) : presigned;
        return ladder.stream()
                .map(tx -> signed(SimulatedTx.decode(tx.bytes()).with(secret.value()), tx.fee()))
                .toList();
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        try {
            chain.submit(SimulatedTx.decode(tx.bytes()));
        } catch (IllegalArgumentException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Optional<LockPast> past(Leg leg, Bytes hash, long from, long to) throws LedgerException {
        if (to > height()) {
            throw new LedgerException("there is no block %d yet".formatted(to));
        }
        var lock = lock(leg, hash);
        var made = chain.find(to, tx -> tx.outputs().contains(lock));
        if (made == null || made.depth() == 0 || to - made.depth() + 1 < from) {
            return Optional.empty();
        }
        var ref = SimulatedTx.output(made.tx().id(), made.tx().outputs().indexOf(lock));
        var spend = chain.find(to, tx -> tx.spends().contains(ref));
        Optional<LockPast.Ending> ending =
                spend == null || spend.depth() == 0
                        ? Optional.empty()
                        : Optional.of(
                                new LockPast.Ending(
                                        Preimage.opens(spend.tx().secret(), hash),
                                        to - spend.depth() + 1));
        return Optional.of(new LockPast(ref, to - made.depth() + 1, ending));
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs) {
        if (ref.size() < 2) {
            return new LockView.Absent(); // What a peer calls a lock need not be one.
        }
        var made = ref.slice(0, ref.size() - 1);
        int number = ref.at(ref.size() - 1);
        var found = chain.find(height(), tx -> tx.id().equals(made));
        if (found == null) {
            return lost(inputs);
        }
        var outputs = found.tx().outputs();
        if (number < 0
                || number >= outputs.size()
                || !outputs.get(number).equals(lock(leg, hash))) {
            return new LockView.Absent(); // Something else than the terms say.
        }
        var spend = chain.find(height(), tx -> tx.spends().contains(ref));
        if (spend == null) {
            return found.depth() == 0 ? new LockView.Pending() : new LockView.Locked(found.depth());
        }
        if (Preimage.opens(spend.tx().secret(), hash)) {
            return new LockView.Redeemed(new Secret(spend.tx().secret()), spend.depth());
        }
        return spend.depth() == 0
                ? new LockView.Locked(found.depth())
                : new LockView.Refunded(spend.depth());
    }

    private LockView lost(List<Bytes> inputs) {
        for (var input : inputs) {
            var spend = chain.find(height(), tx -> tx.spends().contains(input));
            if (spend != null && spend.depth() > 0) {
                return new LockView.Lost(spend.depth());
            }
        }
        return new LockView.Absent();
    }
}
