package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.simulated.SimulatedLedger;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A party's node, which may be down, lose its answers, or lock less than it was told.
final class HinderedLedger implements Ledger {
    private final SimulatedLedger node;
    private final Watch watch;
    private boolean down;
    private boolean repliesLost;
    private boolean cheats;
    private boolean outbids;

    /// Is told of each transaction before it is sent.
    @FunctionalInterface
    interface Watch {
        void sent(SignedTx tx, Runnable effect);
    }

    HinderedLedger(SimulatedLedger node, Watch watch) {
        this.node = node;
        this.watch = watch;
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

    /// The node itself, whether it answers or not.
    SimulatedLedger known() {
        return node;
    }

    private SimulatedLedger node() throws LedgerException {
        if (down) {
            throw new LedgerException("the node does not answer");
        }
        return node;
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        var up = node();
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
        return node().sign(cheats ? less(leg) : leg, hash, index, reserved);
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
        return node().view(cheats && !inputs.isEmpty() ? less(leg) : leg, hash, ref, since, inputs);
    }

    @Override
    public String chain() {
        return node.chain();
    }

    @Override
    public Bytes template(Asset asset) throws LedgerException {
        return node().template(asset);
    }

    @Override
    public Pace pace(int depth) {
        return node.pace(depth);
    }

    @Override
    public Tip tip() throws LedgerException {
        return node().tip();
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        return node().block(height);
    }

    @Override
    public Bytes party(long index) {
        return node.party(index);
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return node().balance(asset);
    }

    @Override
    public BigInteger feeReserve(Asset asset) throws LedgerException {
        return node().feeReserve(asset);
    }

    @Override
    public Asset feeAsset() {
        return node.feeAsset();
    }

    @Override
    public Optional<String> unfit(Leg leg) throws LedgerException {
        return node().unfit(leg);
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return node.predict(leg, hash);
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index)
            throws LedgerException {
        return node().presignRedeem(leg, hash, ref, index);
    }

    @Override
    public List<SignedTx> redeem(
            Leg leg, Bytes ref, Secret secret, long index, List<SignedTx> presigned)
            throws LedgerException {
        var ladder = node().redeem(leg, ref, secret, index, presigned);
        return outbids ? List.of(ladder.getLast()) : ladder;
    }
}
