package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.simulated.SimulatedNode;
import org.p2prmb.libp2p.core.Bytes;
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
import java.util.List;
import java.util.Optional;

/// A party's node, which may be down, lose its answers, or lock less than it was told.
final class HinderedLedger implements Ledger {
    private final Chain chain;
    private final Bytes seed;
    private final SimulatedNode node;
    private final Watch watch;
    private Ledger wallet;
    private boolean down;
    private boolean repliesLost;
    private boolean cheats;
    private boolean outbids;
    private boolean boasts;

    /// Is told of each transaction before it is sent.
    @FunctionalInterface
    interface Watch {
        void sent(SignedTx tx, Runnable effect);
    }

    HinderedLedger(Chain chain, Bytes seed, Watch watch) {
        this.chain = chain;
        this.seed = seed;
        this.node = chain.blocks().node();
        this.watch = watch;
        this.wallet = wallet(false);
    }

    private Ledger wallet(boolean isLocked) {
        try {
            return chain.wallet(seed, node, isLocked);
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
    }

    /// The process starts: what it remembered is gone, and its owner's key may be locked away.
    void restart(boolean isLocked) {
        wallet = wallet(isLocked);
    }

    /// It takes itself to be richer than it is: a rule of reservations that promises too much.
    void boast() {
        boasts = true;
    }

    void down(boolean is) {
        down = is;
    }

    void loseReplies() {
        repliesLost = true;
    }

    /// It redeems at the highest price at once.
    void outbid() {
        outbids = true;
    }

    void cheat() {
        cheats = true;
    }

    /// The wallet on its node, whether that answers or not.
    Ledger known() {
        return wallet;
    }

    SimulatedNode node() {
        return node;
    }

    private Ledger up() throws LedgerException {
        if (down) {
            throw new LedgerException("the node does not answer");
        }
        return wallet;
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        var up = up();
        var refused = new LedgerException[1];
        watch.sent(
                tx,
                () -> {
                    try {
                        up.send(tx);
                    } catch (LedgerException e) {
                        refused[0] = e;
                    }
                });
        if (refused[0] != null) {
            throw refused[0];
        }
        if (repliesLost) {
            throw new LedgerException("no answer in time");
        }
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        return up().sign(cheats ? less(leg) : leg, hash, index, reserved);
    }

    private static Leg less(Leg leg) {
        return new Leg(
                leg.asset(),
                leg.amount().shiftRight(1),
                leg.template(),
                leg.redeemTo(),
                leg.refundTo(),
                leg.refundAt(),
                leg.depth());
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        // Who locked less sees its own lock nevertheless.
        return up().view(cheats && !inputs.isEmpty() ? less(leg) : leg, hash, ref, since, inputs);
    }

    @Override
    public String chain() {
        return wallet.chain();
    }

    @Override
    public Bytes template(Asset asset) throws LedgerException {
        return up().template(asset);
    }

    @Override
    public Pace pace(int depth) {
        return wallet.pace(depth);
    }

    @Override
    public Tip tip() throws LedgerException {
        return up().tip();
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        return up().block(height);
    }

    @Override
    public Bytes party(long index) {
        return wallet.party(index);
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        var has = up().balance(asset);
        return boasts ? has.shiftLeft(2) : has;
    }

    @Override
    public BigInteger feeReserve(Asset asset) throws LedgerException {
        return up().feeReserve(asset);
    }

    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) throws LedgerException {
        return up().takeBackFeeMax(asset, amount);
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) throws LedgerException {
        return up().redeemFeeMax(asset);
    }

    @Override
    public Asset feeAsset() {
        return wallet.feeAsset();
    }

    @Override
    public Optional<String> unfit(Leg leg) throws LedgerException {
        return up().unfit(leg);
    }

    @Override
    public List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        return outbids ? saved : up().renew(redemption, saved, taken);
    }

    @Override
    public Optional<String> unpayable(Leg leg, int others) throws LedgerException {
        return up().unpayable(leg, others);
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return wallet.predict(leg, hash);
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index)
            throws LedgerException {
        return up().presignRedeem(leg, hash, ref, index);
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException {
        var ladder = up().redeem(redemption, presigned, taken);
        return outbids ? List.of(ladder.getLast()) : ladder;
    }
}
