package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

/// What a handler makes of a [Call].
public sealed interface Answer {
    /// Done; the payload is the result.
    record Result(String schema, Bytes payload) implements Answer {
        public Result {
            RmbMessage.checkSchema(schema);
        }
    }

    /// Not done, for the handler's own reason: a code from 1000 to 9999, and a text for people.
    record Declined(int code, String text) implements Answer {
        public Declined {
            Limits.require(code >= 1000 && code <= 9999, "a handler's own codes are 1000 to 9999");
        }
    }

    static Answer json(String json) {
        return new Result(RmbMessage.JSON, Bytes.utf8(json));
    }
}
