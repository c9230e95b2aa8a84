package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.RmbMessage.Kind;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Signs what we answer to requests.
final class AnswerSigner {
    private final KeyPair keys;
    private final InstantSource clock;

    AnswerSigner(KeyPair keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /// A failure or an empty response.
    SignedMessage to(Uid uid, PeerId asker, Kind kind) {
        return to(uid, asker, kind, RmbMessage.JSON, Bytes.EMPTY);
    }

    SignedMessage to(Uid uid, PeerId asker, Kind kind, String schema, Bytes payload) {
        var header =
                new Header(
                        uid,
                        asker,
                        Instant.ofEpochMilli(clock.millis()),
                        Header.EXPIRATION_DEFAULT,
                        "");
        var answer = new RmbMessage(header, keys.peerId(), kind, schema, payload, Optional.empty());
        return SignedMessage.seal(answer, keys);
    }
}
