package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.contacts.OwnerBook;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.UidLog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What a listening shell serves: the messages that its agent, and nobody else, forwards to it.
final class ForwardedMessages {
    private static final int MALFORMED = 1001;

    private ForwardedMessages() {}

    /// `heard` sees each message, then `answerer` answers it.
    static StreamHandler server(
            OwnerClient client, String command, Consumer<ObjectNode> heard, Answerer answerer) {
        var handlers =
                new Handlers()
                        .register(
                                command,
                                AccessRule.OWNER,
                                call -> answer(call.payload(), heard, answerer));
        return new MessageServer(
                client.keys(),
                List::of,
                new Access(Set.of(client.agent()), new NoOwners()),
                handlers,
                new NoRepeats(),
                new MonotonicClock(),
                MessageSettings.defaults());
    }

    private static Answer answer(Bytes payload, Consumer<ObjectNode> heard, Answerer answerer)
            throws InterruptedException {
        ObjectNode message;
        try {
            message = Json.parseObject(payload.toUtf8());
        } catch (IllegalArgumentException _) {
            return new Answer.Declined(MALFORMED, "the forwarded message cannot be read");
        }
        heard.accept(message);
        return answerer.answer(message);
    }

    /// The agent has checked that a message is no repeat before it forwards it, once.
    private static final class NoRepeats implements UidLog {
        @Override
        public Claim claim(Bytes uid, PeerId source, Instant expiresAt) {
            return new Claim.Fresh();
        }

        @Override
        public void answered(Bytes uid, PeerId source, Bytes answer) {}

        @Override
        public Instant since() {
            return Instant.EPOCH;
        }
    }

    /// Only the agent itself is obeyed; nobody can act for it.
    private static final class NoOwners implements OwnerBook {
        @Override
        public Optional<Bytes> ownerRecord(PublicKey owner) {
            return Optional.empty();
        }

        @Override
        public boolean putOwnerRecord(
                PublicKey owner, long sequence, Bytes statement, Instant expires) {
            return false;
        }

        @Override
        public boolean putDelegation(PublicKey owner, PublicKey device, long sequence) {
            return false;
        }
    }
}
