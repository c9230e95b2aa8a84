package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedDelegation;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/// A request to be sent; sending the same one again, with its uid, never runs its handler twice.
///
/// @param expiration how long the whole exchange may take, more than 0
/// @param sealingKey when present, the body is sealed for this X25519 key of the destination's
public record Request(
        Uid uid,
        PeerId destination,
        String command,
        String schema,
        Bytes payload,
        Duration expiration,
        String tags,
        Optional<SignedDelegation> delegation,
        Optional<Bytes> sealingKey) {
    /// Throws `IllegalArgumentException` when the expiration is out of its bounds; the rest is
    /// checked when the message is made.
    public Request {
        Limits.require(
                expiration.isPositive() && expiration.compareTo(Header.EXPIRATION_MAX) <= 0,
                "a request expires after more than 0 and at most 1800 seconds");
        Limits.require(
                RmbMessage.isCommand(command), "a command is 1 to 128 characters of a-z 0-9 . _ -");
    }

    /// A JSON request in clear, with a fresh uid and the default expiration.
    public static Request to(
            PeerId destination, String command, Bytes payload, SecureRandom random) {
        return new Request(
                Uid.random(random),
                destination,
                command,
                RmbMessage.JSON,
                payload,
                Header.EXPIRATION_DEFAULT,
                "",
                Optional.empty(),
                Optional.empty());
    }

    public Request ofSchema(String mediaType) {
        return new Request(
                uid,
                destination,
                command,
                mediaType,
                payload,
                expiration,
                tags,
                delegation,
                sealingKey);
    }

    public Request expiringAfter(Duration limit) {
        return new Request(
                uid, destination, command, schema, payload, limit, tags, delegation, sealingKey);
    }

    public Request tagged(String tokens) {
        return new Request(
                uid,
                destination,
                command,
                schema,
                payload,
                expiration,
                tokens,
                delegation,
                sealingKey);
    }

    /// Shown to the receiver as the owner's leave to act for it.
    public Request actingBy(SignedDelegation leave) {
        return new Request(
                uid,
                destination,
                command,
                schema,
                payload,
                expiration,
                tags,
                Optional.of(leave),
                sealingKey);
    }

    /// Sealed for this key, which the destination's contact record names.
    public Request sealedFor(Bytes key) {
        return new Request(
                uid,
                destination,
                command,
                schema,
                payload,
                expiration,
                tags,
                delegation,
                Optional.of(key));
    }
}
