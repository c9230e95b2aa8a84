package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

import java.util.ArrayList;
import java.util.List;

/// All that anybody needs to compute who won a window. Nothing in it is checked but its form; see
/// [WindowAudit].
///
/// @param leaves in the order of their bidders
/// @param nonce the seller's
/// @param reveals in the order of their bidders
/// @param ranking best first
public record WindowResult(
        Signed<WindowOpen> open,
        Signed<WindowRoot> root,
        List<Leaf> leaves,
        Bytes nonce,
        Beacon beacon,
        List<Signed<Reveal>> reveals,
        List<Allotment> ranking,
        List<Denial> denials) {
    /// Enough for 256 bids with their envelopes.
    public static final int BYTES_MAX = 192 * 1024;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public WindowResult {
        leaves = List.copyOf(leaves);
        reveals = List.copyOf(reveals);
        ranking = List.copyOf(ranking);
        denials = List.copyOf(denials);
        Limits.count(leaves, WindowRoot.COUNT_MAX, "leaves");
        Limits.count(reveals, WindowRoot.COUNT_MAX, "reveals");
        Limits.count(ranking, WindowRoot.COUNT_MAX, "ranks");
        Limits.count(denials, WindowRoot.COUNT_MAX, "denials");
        Hashes.require(nonce, "a seller's nonce");
    }

    public Bytes encoded() {
        var message =
                ExchangeWire.WindowResult.newBuilder()
                        .setOpen(Wire.field(open.envelope()))
                        .setRoot(Wire.field(root.envelope()))
                        .setNonce(Wire.field(nonce))
                        .setBeacon(WindowCodec.beacon(beacon));
        leaves.forEach(leaf -> message.addLeaves(WindowCodec.leaf(leaf)));
        reveals.forEach(reveal -> message.addReveals(Wire.field(reveal.envelope())));
        ranking.forEach(rank ->
                message.addRankingBuilder()
                        .setBidder(Wire.field(rank.bidder().multihash()))
                        .setLots(rank.lots()));
        denials.forEach(denial ->
                message.addDenialsBuilder()
                        .setBidder(Wire.field(denial.bidder().multihash()))
                        .setLots(denial.lots())
                        .setCode(denial.code().number()));
        return Wire.encode(message.build());
    }

    /// Reads a result; the statements within are verified.
    public static WindowResult decode(Bytes encoded, Signatures signatures)
            throws ProtocolException {
        if (encoded.size() > BYTES_MAX) {
            throw new ProtocolException(
                    "a result of %d bytes, at most %d are allowed"
                            .formatted(encoded.size(), BYTES_MAX));
        }
        return Wire.decode(
                ExchangeWire.WindowResult.parser(),
                encoded,
                message -> decode(message, signatures));
    }

    private static WindowResult decode(ExchangeWire.WindowResult message, Signatures signatures)
            throws ProtocolException {
        // Before anything is verified, so that nobody makes us verify a million signatures.
        Limits.count(message.getRevealsList(), WindowRoot.COUNT_MAX, "reveals");
        Limits.count(message.getLeavesList(), WindowRoot.COUNT_MAX, "leaves");
        var leaves = new ArrayList<Leaf>();
        for (var leaf : message.getLeavesList()) {
            leaves.add(WindowCodec.leaf(leaf));
        }
        var reveals = new ArrayList<Signed<Reveal>>();
        for (var reveal : message.getRevealsList()) {
            reveals.add(Form.REVEAL.open(Wire.bytes(reveal), signatures));
        }
        var ranking = new ArrayList<Allotment>();
        for (var rank : message.getRankingList()) {
            var bidder = PeerId.decode(Wire.bytes(rank.getBidder()));
            ranking.add(new Allotment(bidder, rank.getLots()));
        }
        var denials = new ArrayList<Denial>();
        for (var denial : message.getDenialsList()) {
            var bidder = PeerId.decode(Wire.bytes(denial.getBidder()));
            denials.add(new Denial(bidder, denial.getLots(), Denial.Code.of(denial.getCode())));
        }
        return new WindowResult(
                Form.OPEN.open(Wire.bytes(message.getOpen()), signatures),
                Form.ROOT.open(Wire.bytes(message.getRoot()), signatures),
                leaves,
                Wire.bytes(message.getNonce()),
                WindowCodec.beacon(message.getBeacon()),
                reveals,
                ranking,
                denials);
    }

    public Bytes window() {
        return open.statement().window();
    }
}
