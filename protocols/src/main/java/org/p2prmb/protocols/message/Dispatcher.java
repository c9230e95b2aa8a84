package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.message.RmbMessage.Kind;
import org.p2prmb.protocols.message.UidLog.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Brings verified requests to their handlers, each at most once, and signs the answers.
final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Access access;
    private final Handlers handlers;
    private final UidLog uids;
    private final AnswerSigner answers;
    private final InstantSource clock;
    private final Duration handlerLimit;

    Dispatcher(
            Access access,
            Handlers handlers,
            UidLog uids,
            AnswerSigner answers,
            InstantSource clock,
            Duration handlerLimit) {
        this.access = access;
        this.handlers = handlers;
        this.uids = uids;
        this.answers = answers;
        this.clock = clock;
        this.handlerLimit = handlerLimit;
    }

    /// The answer to store and send. The slot is held for as long as the handler really runs.
    SignedMessage dispatch(SignedMessage request, Connection connection, CallSlots.Slot slot)
            throws Refusal, InterruptedException {
        var message = request.message();
        if (!(message.kind() instanceof Kind.Request(var command))) {
            throw new Refusal(ErrorCode.MALFORMED, "not a request");
        }
        var entry =
                handlers.find(command)
                        .orElseThrow(() ->
                                new Refusal(ErrorCode.NO_HANDLER, "no handler for " + command));
        var now = clock.instant();
        // Before the claim, so that strangers cannot fill the log.
        var principal =
                access.principal(
                        request.signer(), message.delegation(), command, entry.rule(), now);
        var limit = shorter(handlerLimit, message.header().expiration());
        var call =
                new Call(
                        message.header().uid(),
                        message.source(),
                        principal,
                        connection,
                        command,
                        message.schema(),
                        message.payload(),
                        now.plus(limit));
        var until = message.header().refusedFrom();
        return switch (uids.claim(call.uid().value(), call.source(), until)) {
            case Claim.Fresh() -> handled(entry.handler(), call, limit, slot);
            case Claim.Repeat(var stored) -> stored(stored);
            case Claim.InProgress() ->
                    throw new Refusal(ErrorCode.IN_PROGRESS, "the request is being handled");
            case Claim.Interrupted() ->
                    throw new Refusal(
                            ErrorCode.OUTCOME_UNKNOWN,
                            "the agent was stopped while it handled the request");
            case Claim.Full() ->
                    throw new Refusal(ErrorCode.OVERLOADED, "too many unexpired requests");
        };
    }

    private SignedMessage handled(Handler handler, Call call, Duration limit, CallSlots.Slot slot)
            throws InterruptedException {
        var answer = run(handler, call, limit, slot);
        uids.answered(call.uid().value(), call.source(), answer.envelope());
        return answer;
    }

    private SignedMessage run(Handler handler, Call call, Duration limit, CallSlots.Slot slot)
            throws InterruptedException {
        var task = new FutureTask<>(() -> handler.handle(call));
        slot.hold();
        Thread.ofVirtual()
                .name("handler " + call.command())
                .start(() -> {
                    try (slot) {
                        task.run();
                    }
                });
        try {
            return signed(call, task.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return failed(call, ErrorCode.HANDLER_DEADLINE, "the handler took too long");
        } catch (ExecutionException e) {
            log.warn("the handler of {} failed", call.command(), e.getCause());
            return failed(call, ErrorCode.HANDLER_FAILED, "the handler failed");
        } finally {
            task.cancel(true);
        }
    }

    private SignedMessage signed(Call call, Answer answer) {
        return switch (answer) {
            case Answer.Result(_, var payload) when payload.size() > RmbMessage.PAYLOAD_BYTES_MAX ->
                    failed(call, ErrorCode.TOO_LARGE, "the answer does not fit into a message");
            case Answer.Result(var schema, var payload) ->
                    answers.to(call.uid(), call.source(), new Kind.Response(), schema, payload);
            case Answer.Declined(var code, var text) ->
                    answers.to(call.uid(), call.source(), Kind.Failure.of(code, text));
        };
    }

    private SignedMessage failed(Call call, ErrorCode code, String text) {
        return answers.to(call.uid(), call.source(), Kind.Failure.of(code, text));
    }

    private static SignedMessage stored(Bytes answer) {
        try {
            return SignedMessage.open(answer);
        } catch (ProtocolException e) {
            throw new IllegalStateException("a stored answer of ours cannot be read", e);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
