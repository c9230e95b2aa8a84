package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// A chain that has a block in each second of a clock, and no transactions. All that are named
/// alike are one, but for forks.
final class ClockLedger implements Ledger {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Asset coin;
    private final InstantSource clock;
    private volatile boolean down;
    private volatile long fork = Long.MAX_VALUE;

    ClockLedger(Asset coin, InstantSource clock) {
        this.coin = coin;
        this.clock = clock;
    }

    /// From now on its blocks are others than those of everybody else.
    void fork() throws LedgerException {
        fork = tip().height() + 1;
    }

    /// From now on its node does not answer.
    void stop() {
        down = true;
    }

    @Override
    public String chain() {
        return coin.chain();
    }

    @Override
    public Pace pace(int depth) {
        var second = Duration.ofSeconds(1);
        return new Pace(second, second.multipliedBy(depth), Duration.ZERO);
    }

    @Override
    public Tip tip() throws LedgerException {
        if (down) {
            throw new LedgerException("the node is down");
        }
        long height = Duration.between(START, clock.instant()).toSeconds();
        return new Tip(height, START.plusSeconds(height));
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        if (height > tip().height()) {
            return Optional.empty();
        }
        var branch = height < fork ? chain() : "fork of " + chain();
        var hash = Canonical.domain(branch).longNumber(height).sha256();
        return Optional.of(new Block(height, hash, START.plusSeconds(height)));
    }

    @Override
    public BigInteger feeReserve(Asset asset) {
        return BigInteger.TEN;
    }

    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) {
        return feeReserve(asset);
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) {
        return feeReserve(asset);
    }

    @Override
    public Asset feeAsset() {
        return coin;
    }

    @Override
    public Bytes template(Asset asset) {
        throw noTransactions();
    }

    @Override
    public Bytes party(long index) {
        throw noTransactions();
    }

    @Override
    public BigInteger balance(Asset asset) {
        throw noTransactions();
    }

    @Override
    public Optional<String> unfit(Leg leg) {
        throw noTransactions();
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved) {
        throw noTransactions();
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        throw noTransactions();
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index) {
        throw noTransactions();
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken) {
        throw noTransactions();
    }

    @Override
    public void send(SignedTx tx) {
        throw noTransactions();
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs) {
        throw noTransactions();
    }

    private static AssertionError noTransactions() {
        return new AssertionError("windows need blocks only");
    }
}
