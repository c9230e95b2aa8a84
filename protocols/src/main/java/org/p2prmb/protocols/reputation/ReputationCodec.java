package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

import java.util.ArrayList;
import java.util.List;

/// The bytes of `/rmb/reputation/1.0.0`.
public final class ReputationCodec {
    private ReputationCodec() {}

    public static Bytes encode(ReputationRequest request) {
        var message = ReputationWire.ReputationRequest.newBuilder();
        switch (request) {
            case ReputationRequest.Held(var subject, var reportsMax) ->
                    message.getHeldBuilder()
                            .setSubject(Wire.field(subject.multihash()))
                            .setReportsMax(reportsMax);
            case ReputationRequest.File(var report) ->
                    message.getFiledBuilder().setReport(Wire.field(report.envelope()));
            case ReputationRequest.Exhibit(var hash) ->
                    message.getExhibitBuilder().setHash(Wire.field(hash));
        }
        return Wire.encode(message.build());
    }

    /// Verifies a report in it. Wishes beyond the limits are cut down to them.
    public static ReputationRequest decodeRequest(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                ReputationWire.ReputationRequest.parser(), encoded, ReputationCodec::request);
    }

    private static ReputationRequest request(ReputationWire.ReputationRequest message)
            throws ProtocolException {
        return switch (message.getRequestCase()) {
            case HELD ->
                    new ReputationRequest.Held(
                            PeerId.decode(Wire.bytes(message.getHeld().getSubject())),
                            Wire.clamped(
                                    message.getHeld().getReportsMax(),
                                    ReputationResponse.REPORTS_MAX));
            case FILED ->
                    new ReputationRequest.File(
                            SignedReport.open(Wire.bytes(message.getFiled().getReport())));
            case EXHIBIT ->
                    new ReputationRequest.Exhibit(Wire.bytes(message.getExhibit().getHash()));
            case REQUEST_NOT_SET -> throw new ProtocolException("an unknown reputation request");
        };
    }

    public static Bytes encode(ReputationResponse response) {
        var message = ReputationWire.ReputationResponse.newBuilder();
        switch (response) {
            case ReputationResponse.Reports(var reports) ->
                    reports.forEach(report -> message.addReports(Wire.field(report.envelope())));
            case ReputationResponse.Shown(var exhibit) -> message.setExhibit(Wire.field(exhibit));
            case ReputationResponse.Refused(var code, var text) ->
                    message.getErrorBuilder().setCode(code).setMessage(text);
        }
        return Wire.encode(message.build());
    }

    /// Leaves out the reports that do not verify or are about somebody else than `subject`.
    public static ReputationResponse decodeResponse(Bytes encoded, PeerId subject)
            throws ProtocolException {
        return Wire.decode(
                ReputationWire.ReputationResponse.parser(),
                encoded,
                message -> response(message, subject));
    }

    private static ReputationResponse response(
            ReputationWire.ReputationResponse message, PeerId subject) {
        if (message.hasError()) {
            return refused(message.getError());
        }
        // Counted before a signature is looked at.
        Limits.count(message.getReportsList(), ReputationResponse.REPORTS_MAX, "reports");
        var reports = new ArrayList<SignedReport>();
        for (var envelope : message.getReportsList()) {
            addValid(Wire.bytes(envelope), subject, reports);
        }
        return new ReputationResponse.Reports(reports);
    }

    /// A refusal, or an exhibit: whether it is the right one is for the caller to see.
    public static ReputationResponse decodeShown(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                ReputationWire.ReputationResponse.parser(),
                encoded,
                message ->
                        message.hasError()
                                ? refused(message.getError())
                                : new ReputationResponse.Shown(Wire.bytes(message.getExhibit())));
    }

    private static ReputationResponse refused(ReputationWire.ReputationResponse.Error error) {
        return new ReputationResponse.Refused(error.getCode(), error.getMessage());
    }

    private static void addValid(Bytes envelope, PeerId subject, List<SignedReport> reports) {
        try {
            var report = SignedReport.open(envelope);
            if (report.report().subject().equals(subject)) {
                reports.add(report);
            }
        } catch (ProtocolException e) {
            // An agent of a later version may relay what we cannot read.
        }
    }
}
