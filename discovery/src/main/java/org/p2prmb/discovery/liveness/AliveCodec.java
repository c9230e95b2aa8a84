package org.p2prmb.discovery.liveness;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.AliveWire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [AliveFrame]s as bytes, `alive.proto`.
final class AliveCodec {
    private AliveCodec() {}

    static Bytes encode(AliveFrame frame) {
        var message = AliveWire.AliveFrame.newBuilder();
        switch (frame) {
            case AliveFrame.Leased(var lease) -> message.setLease(Wire.field(lease.envelope()));
            case AliveFrame.Ping ping -> message.setPing(ping(ping));
            case AliveFrame.Pong pong -> message.setPong(pong(pong));
            case AliveFrame.Invite _ ->
                    message.setInvite(AliveWire.AliveFrame.Invite.getDefaultInstance());
            case AliveFrame.InviteAnswer(var accepted) ->
                    message.getInviteAnswerBuilder().setAccepted(accepted);
            case AliveFrame.Introduce(var fingerprints) -> {
                var introduce = message.getIntroduceBuilder();
                fingerprints.forEach(each -> introduce.addFingerprints(Wire.field(each)));
            }
            case AliveFrame.Introduction(var records) -> {
                var introduction = message.getIntroductionBuilder();
                records.forEach(each -> introduction.addRecords(Wire.field(each.envelope())));
            }
            case AliveFrame.ProbeRequest(var subject, var nonce) ->
                    message.getProbeRequestBuilder().setSubject(field(subject)).setNonce(nonce);
            case AliveFrame.ProbeReport(var subject, var nonce, var answered) ->
                    message.getProbeReportBuilder()
                            .setSubject(field(subject))
                            .setNonce(nonce)
                            .setAnswered(answered);
            case AliveFrame.Voted(var vote) -> message.setVote(Wire.field(vote.envelope()));
            case AliveFrame.Suspected(var sequence) ->
                    message.getSuspectedBuilder().setSequence(sequence);
            case AliveFrame.Subscribe(var subject) ->
                    message.getSubscribeBuilder().setSubject(field(subject));
            case AliveFrame.Subscribed(var subject, var watching) ->
                    message.getSubscribedBuilder().setSubject(field(subject)).setWatching(watching);
            case AliveFrame.Buried(var obituary) -> {
                var buried = message.getObituaryBuilder();
                buried.setLease(Wire.field(obituary.lease().envelope()));
                obituary.votes().forEach(vote -> buried.addVotes(Wire.field(vote.envelope())));
            }
            case AliveFrame.Unknown _ -> {} // Nothing is what a frame without known content has.
        }
        return Wire.encode(message.build());
    }

    private static AliveWire.AliveFrame.Ping ping(AliveFrame.Ping ping) {
        var message = AliveWire.AliveFrame.Ping.newBuilder().setNonce(ping.nonce());
        if (ping.held() != AliveFrame.Ping.NO_LEASE_WANTED) {
            message.setHeld(ping.held());
        }
        return message.build();
    }

    private static AliveWire.AliveFrame.Pong pong(AliveFrame.Pong pong) {
        var message = AliveWire.AliveFrame.Pong.newBuilder().setNonce(pong.nonce());
        message.setWatchersSince(pong.watchersSince());
        pong.lease().ifPresent(lease -> message.setLease(Wire.field(lease.envelope())));
        return message.build();
    }

    static AliveFrame decode(Bytes encoded, Signatures signatures) throws ProtocolException {
        return Wire.decode(
                AliveWire.AliveFrame.parser(), encoded, message -> frame(message, signatures));
    }

    private static AliveFrame frame(AliveWire.AliveFrame message, Signatures signatures)
            throws ProtocolException {
        return switch (message.getFrameCase()) {
            case LEASE -> new AliveFrame.Leased(lease(message.getLease(), signatures));
            case PING -> ping(message.getPing());
            case PONG -> pong(message.getPong(), signatures);
            case INVITE -> new AliveFrame.Invite();
            case INVITE_ANSWER ->
                    new AliveFrame.InviteAnswer(message.getInviteAnswer().getAccepted());
            case INTRODUCE ->
                    new AliveFrame.Introduce(
                            fingerprints(message.getIntroduce().getFingerprintsList()));
            case INTRODUCTION ->
                    new AliveFrame.Introduction(
                            records(message.getIntroduction().getRecordsList(), signatures));
            case PROBE_REQUEST ->
                    new AliveFrame.ProbeRequest(
                            peer(message.getProbeRequest().getSubject()),
                            message.getProbeRequest().getNonce());
            case PROBE_REPORT ->
                    new AliveFrame.ProbeReport(
                            peer(message.getProbeReport().getSubject()),
                            message.getProbeReport().getNonce(),
                            message.getProbeReport().getAnswered());
            case VOTE ->
                    new AliveFrame.Voted(
                            SignedVote.open(Wire.bytes(message.getVote()), signatures));
            case SUSPECTED ->
                    new AliveFrame.Suspected(
                            Wire.unsigned(message.getSuspected().getSequence(), "sequence"));
            case SUBSCRIBE -> new AliveFrame.Subscribe(peer(message.getSubscribe().getSubject()));
            case SUBSCRIBED ->
                    new AliveFrame.Subscribed(
                            peer(message.getSubscribed().getSubject()),
                            message.getSubscribed().getWatching());
            case OBITUARY ->
                    new AliveFrame.Buried(
                            obituary(
                                    message.getObituary().getLease(),
                                    message.getObituary().getVotesList(),
                                    signatures));
            case FRAME_NOT_SET -> new AliveFrame.Unknown();
        };
    }

    private static AliveFrame ping(AliveWire.AliveFrame.Ping ping) throws ProtocolException {
        return ping.hasHeld()
                ? new AliveFrame.Ping(
                        ping.getNonce(), Wire.unsigned(ping.getHeld(), "held sequence"))
                : new AliveFrame.Ping(ping.getNonce());
    }

    private static AliveFrame pong(AliveWire.AliveFrame.Pong pong, Signatures signatures)
            throws ProtocolException {
        return new AliveFrame.Pong(
                pong.getNonce(),
                Wire.unsigned(pong.getWatchersSince(), "sequence"),
                pong.getLease().isEmpty()
                        ? Optional.empty()
                        : Optional.of(lease(pong.getLease(), signatures)));
    }

    private static Obituary obituary(
            ByteString lease, List<ByteString> votes, Signatures signatures)
            throws ProtocolException {
        Limits.count(votes, Lease.WATCHERS_MAX, "votes");
        var opened = new ArrayList<SignedVote>(votes.size());
        for (var vote : votes) {
            opened.add(SignedVote.open(Wire.bytes(vote), signatures));
        }
        return new Obituary(lease(lease, signatures), opened);
    }

    private static List<SignedContact> records(List<ByteString> records, Signatures signatures)
            throws ProtocolException {
        Limits.count(records, Lease.WATCHERS_MAX, "introduced records");
        var opened = new ArrayList<SignedContact>(records.size());
        for (var each : records) {
            opened.add(SignedContact.open(Wire.bytes(each), signatures));
        }
        return opened;
    }

    private static List<Bytes> fingerprints(List<ByteString> fingerprints) {
        Limits.count(fingerprints, Lease.WATCHERS_MAX, "fingerprints");
        return fingerprints.stream().map(Wire::bytes).toList();
    }

    private static SignedLease lease(ByteString envelope, Signatures signatures)
            throws ProtocolException {
        return SignedLease.open(Wire.bytes(envelope), signatures);
    }

    private static PeerId peer(ByteString multihash) throws ProtocolException {
        return PeerId.decode(Wire.bytes(multihash));
    }

    private static ByteString field(PeerId peer) {
        return Wire.field(peer.multihash());
    }
}
