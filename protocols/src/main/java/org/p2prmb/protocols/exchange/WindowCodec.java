package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

import java.time.Instant;

/// The payloads of the [WindowStatement]s and their parts.
final class WindowCodec {
    /// The last second of the year 9999: sums with durations stay within what an Instant holds.
    private static final Instant TIME_MAX = Instant.ofEpochSecond(253_402_300_799L);

    private WindowCodec() {}

    static ExchangeWire.WindowOpen open(WindowOpen open) {
        return ExchangeWire.WindowOpen.newBuilder()
                .setOffer(Wire.field(open.offer()))
                .setLots(open.lots())
                .setOpensAt(open.opensAt().toEpochMilli())
                .setClosesAt(open.closesAt().toEpochMilli())
                .setRevealBy(open.revealBy().toEpochMilli())
                .setPolicy(policy(open.policy()))
                .setNonceHash(Wire.field(open.nonceHash()))
                .setChain(open.chain())
                .build();
    }

    static WindowOpen open(PeerId seller, ExchangeWire.WindowOpen message)
            throws ProtocolException {
        return new WindowOpen(
                seller,
                Wire.bytes(message.getOffer()),
                message.getLots(),
                millis(message.getOpensAt(), "the opening"),
                millis(message.getClosesAt(), "the close"),
                millis(message.getRevealBy(), "the end of the reveal"),
                policy(message.getPolicy()),
                Wire.bytes(message.getNonceHash()),
                message.getChain());
    }

    static ExchangeWire.WindowPolicy policy(Policy policy) {
        var weights = policy.weights();
        return ExchangeWire.WindowPolicy.newBuilder()
                .setPriceWeight(weights.price())
                .setSizeWeight(weights.size())
                .setReputationWeight(weights.reputation())
                .setBondWeight(weights.bond())
                .setFloor(Wire.field(policy.floor().encoded()))
                .setReputationMin(policy.reputationMin())
                .setNewcomerPercent(policy.newcomerPercent())
                .build();
    }

    static Policy policy(ExchangeWire.WindowPolicy message) {
        return new Policy(
                new Policy.Weights(
                        message.getPriceWeight(),
                        message.getSizeWeight(),
                        message.getReputationWeight(),
                        message.getBondWeight()),
                Price.decode(Wire.bytes(message.getFloor())),
                message.getReputationMin(),
                message.getNewcomerPercent());
    }

    static ExchangeWire.BidCommit commit(Commit commit) {
        return ExchangeWire.BidCommit.newBuilder()
                .setWindow(Wire.field(commit.window()))
                .setCommit(Wire.field(commit.commit()))
                .setStamp(commit.stamp())
                .build();
    }

    static Commit commit(PeerId bidder, ExchangeWire.BidCommit message) {
        return new Commit(
                bidder,
                Wire.bytes(message.getWindow()),
                Wire.bytes(message.getCommit()),
                message.getStamp());
    }

    static ExchangeWire.CommitReceipt receipt(Receipt receipt) {
        return ExchangeWire.CommitReceipt.newBuilder()
                .setWindow(Wire.field(receipt.window()))
                .setLeaf(leaf(receipt.leaf()))
                .setCount(receipt.count())
                .build();
    }

    static Receipt receipt(PeerId seller, ExchangeWire.CommitReceipt message)
            throws ProtocolException {
        return new Receipt(
                seller,
                Wire.bytes(message.getWindow()),
                leaf(message.getLeaf()),
                message.getCount());
    }

    static ExchangeWire.CommitLeaf leaf(Leaf leaf) {
        return ExchangeWire.CommitLeaf.newBuilder()
                .setCommit(Wire.field(leaf.commit()))
                .setBidder(Wire.field(leaf.bidder().multihash()))
                .setReputation(leaf.standing().reputation())
                .setNewcomer(leaf.standing().newcomer())
                .setBond(leaf.standing().bond())
                .build();
    }

    static Leaf leaf(ExchangeWire.CommitLeaf message) throws ProtocolException {
        return new Leaf(
                Wire.bytes(message.getCommit()),
                PeerId.decode(Wire.bytes(message.getBidder())),
                new Standing(message.getReputation(), message.getNewcomer(), message.getBond()));
    }

    static ExchangeWire.WindowRoot root(WindowRoot root) {
        return ExchangeWire.WindowRoot.newBuilder()
                .setWindow(Wire.field(root.window()))
                .setRoot(Wire.field(root.root()))
                .setCount(root.count())
                .build();
    }

    static WindowRoot root(PeerId seller, ExchangeWire.WindowRoot message) {
        return new WindowRoot(
                seller,
                Wire.bytes(message.getWindow()),
                Wire.bytes(message.getRoot()),
                message.getCount());
    }

    static ExchangeWire.BidReveal reveal(Reveal reveal) {
        var bid = reveal.bid();
        return ExchangeWire.BidReveal.newBuilder()
                .setWindow(Wire.field(reveal.window()))
                .setBid(
                        ExchangeWire.Bid.newBuilder()
                                .setPrice(Wire.field(bid.price().encoded()))
                                .setLots(bid.lots())
                                .setNonce(Wire.field(bid.nonce())))
                .build();
    }

    static Reveal reveal(PeerId bidder, ExchangeWire.BidReveal message) {
        var bid = message.getBid();
        return new Reveal(
                Wire.bytes(message.getWindow()),
                new Bid(
                        bidder,
                        Price.decode(Wire.bytes(bid.getPrice())),
                        bid.getLots(),
                        Wire.bytes(bid.getNonce())));
    }

    static ExchangeWire.RevealReceipt revealReceipt(RevealReceipt receipt) {
        return ExchangeWire.RevealReceipt.newBuilder()
                .setWindow(Wire.field(receipt.window()))
                .setBidder(Wire.field(receipt.bidder().multihash()))
                .setCommit(Wire.field(receipt.commit()))
                .build();
    }

    static RevealReceipt revealReceipt(PeerId seller, ExchangeWire.RevealReceipt message)
            throws ProtocolException {
        return new RevealReceipt(
                seller,
                Wire.bytes(message.getWindow()),
                PeerId.decode(Wire.bytes(message.getBidder())),
                Wire.bytes(message.getCommit()));
    }

    static ExchangeWire.ResultNotice result(ResultNotice notice) {
        return ExchangeWire.ResultNotice.newBuilder()
                .setWindow(Wire.field(notice.window()))
                .setResultHash(Wire.field(notice.resultHash()))
                .setResultBytes(notice.resultBytes())
                .build();
    }

    static ResultNotice result(PeerId seller, ExchangeWire.ResultNotice message) {
        return new ResultNotice(
                seller,
                Wire.bytes(message.getWindow()),
                Wire.bytes(message.getResultHash()),
                message.getResultBytes());
    }

    static ExchangeWire.Beacon beacon(Beacon beacon) {
        return ExchangeWire.Beacon.newBuilder()
                .setChain(beacon.chain())
                .setHeight(beacon.height())
                .setHash(Wire.field(beacon.hash()))
                .setTime(beacon.time().toEpochMilli())
                .build();
    }

    static Beacon beacon(ExchangeWire.Beacon message) throws ProtocolException {
        return new Beacon(
                message.getChain(),
                Wire.unsigned(message.getHeight(), "height"),
                Wire.bytes(message.getHash()),
                millis(message.getTime(), "a block's time"));
    }

    static Instant millis(long field, String what) throws ProtocolException {
        var time = Instant.ofEpochMilli(Wire.unsigned(field, what));
        Limits.require(!time.isAfter(TIME_MAX), what + " is after the year 9999");
        return time;
    }
}
