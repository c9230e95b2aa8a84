package org.p2prmb.discovery.liveness;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Watchers;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.AliveWire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [AliveFrame]s as bytes, `alive.proto`.
final class AliveCodec {
    private AliveCodec() {}

    static Bytes encode(AliveFrame frame) {
        return switch (frame) {
            case AliveFrame.Ping ping -> PingCodec.encode(ping);
            case AliveFrame.Pong pong when pong.renewal().isEmpty() -> PingCodec.encode(pong);
            default -> encodeMessage(frame);
        };
    }

    /// By the generated classes.
    static Bytes encodeMessage(AliveFrame frame) {
        var message = AliveWire.AliveFrame.newBuilder();
        switch (frame) {
            case AliveFrame.Leased(var renewal) -> {
                var lease = message.getLeaseBuilder();
                lease.setLease(Wire.field(renewal.lease().envelope()));
                renewal.watchers().ifPresent(each -> lease.setWatchers(field(each)));
            }
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
            case AliveFrame.Voted(var vote) ->
                    message.setVote(vote(vote).setSubject(field(vote.vote().subject())));
            case AliveFrame.Suspected(var sequence) ->
                    message.getSuspectedBuilder().setSequence(sequence);
            case AliveFrame.Subscribe(var subject) ->
                    message.getSubscribeBuilder().setSubject(field(subject));
            case AliveFrame.Subscribed(var subject, var watching) ->
                    message.getSubscribedBuilder().setSubject(field(subject)).setWatching(watching);
            case AliveFrame.Buried(var obituary) -> {
                var buried = message.getObituaryBuilder();
                buried.setLease(Wire.field(obituary.lease().envelope()));
                buried.setWatchers(field(obituary.watchers()));
                obituary.votes().forEach(each -> buried.addVotes(vote(each)));
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
        pong.renewal()
                .ifPresent(renewal -> {
                    message.setLease(Wire.field(renewal.lease().envelope()));
                    renewal.watchers().ifPresent(each -> message.setWatchers(field(each)));
                });
        return message.build();
    }

    private static AliveWire.AliveFrame.CastVote.Builder vote(SignedVote signed) {
        return AliveWire.AliveFrame.CastVote.newBuilder()
                .setSequence(signed.vote().sequence())
                .setVoterKey(Wire.field(signed.voterKey()))
                .setSignature(Wire.field(signed.signature()));
    }

    static AliveFrame decode(Bytes encoded, Signatures signatures) throws ProtocolException {
        var ping = PingCodec.decode(encoded.unsafeArray());
        return ping == null ? decodeMessage(encoded, signatures) : ping;
    }

    /// By the generated classes.
    static AliveFrame decodeMessage(Bytes encoded, Signatures signatures) throws ProtocolException {
        return Wire.decode(
                AliveWire.AliveFrame.parser(), encoded, message -> frame(message, signatures));
    }

    private static AliveFrame frame(AliveWire.AliveFrame message, Signatures signatures)
            throws ProtocolException {
        return switch (message.getFrameCase()) {
            case LEASE ->
                    new AliveFrame.Leased(
                            renewal(
                                    message.getLease().getLease(),
                                    message.getLease().getWatchers(),
                                    signatures));
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
                            vote(
                                    peer(message.getVote().getSubject()),
                                    message.getVote(),
                                    signatures));
            case SUSPECTED ->
                    new AliveFrame.Suspected(
                            Wire.unsigned(message.getSuspected().getSequence(), "sequence"));
            case SUBSCRIBE -> new AliveFrame.Subscribe(peer(message.getSubscribe().getSubject()));
            case SUBSCRIBED ->
                    new AliveFrame.Subscribed(
                            peer(message.getSubscribed().getSubject()),
                            message.getSubscribed().getWatching());
            case OBITUARY -> new AliveFrame.Buried(obituary(message.getObituary(), signatures));
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
                        : Optional.of(renewal(pong.getLease(), pong.getWatchers(), signatures)));
    }

    private static Obituary obituary(AliveWire.AliveFrame.Obituary obituary, Signatures signatures)
            throws ProtocolException {
        var lease = lease(obituary.getLease(), signatures);
        Limits.count(obituary.getVotesList(), Lease.WATCHERS_MAX, "votes");
        var votes = new ArrayList<SignedVote>(obituary.getVotesCount());
        for (var vote : obituary.getVotesList()) {
            votes.add(vote(lease.peer(), vote, signatures));
        }
        return new Obituary(lease, Watchers.decode(Wire.bytes(obituary.getWatchers())), votes);
    }

    private static SignedVote vote(
            PeerId subject, AliveWire.AliveFrame.CastVote vote, Signatures signatures)
            throws ProtocolException {
        return SignedVote.open(
                subject,
                Wire.unsigned(vote.getSequence(), "sequence"),
                Wire.bytes(vote.getVoterKey()),
                Wire.bytes(vote.getSignature()),
                signatures);
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

    private static Renewal renewal(ByteString envelope, ByteString list, Signatures signatures)
            throws ProtocolException {
        var lease = lease(envelope, signatures);
        return list.isEmpty()
                ? new Renewal(lease, Optional.empty())
                : new Renewal(lease, Watchers.decode(Wire.bytes(list)));
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

    private static ByteString field(Watchers watchers) {
        return Wire.field(watchers.encoded());
    }
}
