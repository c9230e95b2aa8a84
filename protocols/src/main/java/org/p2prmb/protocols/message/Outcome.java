package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;

/// What became of a request, as far as its sender can know: it always learns one of these.
public sealed interface Outcome {
    /// The handler ran; its answer, verified as the destination's.
    record Answered(String schema, Bytes payload) implements Outcome {}

    /// The destination or the direct hop said no: an [ErrorCode]'s number or a handler's own, and
    /// a text for people that is not yet fit for a log (see
    /// [org.p2prmb.protocols.statements.Printable]).
    record Refused(int code, String text) implements Outcome {}

    /// The request never left: no connection, or the peer does not speak the protocol.
    record Offline(String reason) implements Outcome {}

    /// The time was over before an answer came. Whether the handler ran is unknown; a repeat with
    /// the same uid is safe.
    record Expired() implements Outcome {}

    /// The connection broke before an answer came. As with [Expired], a repeat is safe.
    record Lost(String reason) implements Outcome {}

    /// An answer came that breaks the rules: not signed by the destination, for another request,
    /// malformed. Nothing in it may be believed.
    record Misanswered(String reason) implements Outcome {}
}
