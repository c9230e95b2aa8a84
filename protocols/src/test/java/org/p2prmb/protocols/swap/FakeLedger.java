package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A chain that shows what a test tells it.
final class FakeLedger implements Ledger {
    final List<SignedTx> sent = new ArrayList<>();
    LockView view = new LockView.Absent();
    Instant time = Swaps.START;
    BigInteger balance = BigInteger.valueOf(1_000);
    boolean down;
    boolean bindsSecretSize = true;

    /// In place of each redeem that is saved.
    Optional<SignedTx> renewed = Optional.empty();

    /// What redeems of other swaps the last one was to leave alone.
    List<SignedTx> taken = List.of();

    /// With gas: each open swap needs one.
    int accounts = 256;

    private final Asset coin;

    FakeLedger(String chain) {
        coin = new Asset(chain, "COIN", Bytes.EMPTY, 8);
    }

    @Override
    public String chain() {
        return coin.chain();
    }

    @Override
    public Bytes template(Asset asset) {
        return Swaps.hash(asset.chain());
    }

    @Override
    public Pace pace(int depth) {
        return new Pace(Duration.ofSeconds(5), Duration.ofSeconds(5L * depth), Duration.ZERO);
    }

    @Override
    public Tip tip() throws LedgerException {
        if (down) {
            throw new LedgerException("down");
        }
        return new Tip(1, time);
    }

    @Override
    public Optional<Block> block(long height) {
        return height <= 1
                ? Optional.of(new Block(height, Swaps.hash("block " + height), time))
                : Optional.empty();
    }

    @Override
    public Bytes party(long index) {
        return Bytes.utf8("BUY");
    }

    @Override
    public BigInteger balance(Asset asset) {
        return balance;
    }

    @Override
    public BigInteger feeReserve(Asset asset) {
        return BigInteger.ONE;
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
    public Optional<String> unfit(Leg leg) {
        return leg.amount().compareTo(BigInteger.TWO) < 0
                ? Optional.of("less than its fees")
                : Optional.empty();
    }

    @Override
    public Optional<String> unpayable(Leg leg, int others) {
        return accounts > others ? Optional.empty() : Optional.of("no gas on " + chain());
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved) {
        return Swaps.lock("b");
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return Optional.of(Bytes.utf8("lock a"));
    }

    @Override
    public boolean bindsSecretSize() {
        return bindsSecretSize;
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index) {
        return List.of();
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException {
        if (accounts == 0) {
            throw new LedgerException("no gas on " + chain());
        }
        this.taken = taken;
        return List.of(Swaps.tx("redeem"));
    }

    @Override
    public List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken) {
        return renewed.map(List::of).orElse(saved);
    }

    @Override
    public void send(SignedTx tx) {
        sent.add(tx);
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs) {
        return view;
    }
}
