package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;

/// What one agent asks of another about contacts.
public sealed interface ContactsRequest {
    /// The largest request and the largest response, in bytes.
    int BYTES_MAX = 64 * 1024;

    int NEIGHBOURS_MAX = 16;
    int REMEMBERED_MAX = 8;
    int CONDITION_KEY_BYTES = 32;

    /// "Here is my record; give me yours and some of your neighbours'."
    record Exchange(SignedContact own, int neighboursMax) implements ContactsRequest {
        public Exchange {
            Limits.require(
                    neighboursMax >= 0 && neighboursMax <= NEIGHBOURS_MAX,
                    "0 to 16 neighbours are exchanged");
        }
    }

    /// "These answered the search with this condition key; remember them."
    record Remember(List<SignedContact> records, Bytes conditionKey) implements ContactsRequest {
        public Remember {
            records = List.copyOf(records);
            Limits.count(records, REMEMBERED_MAX, "records");
            Limits.require(
                    conditionKey.size() == CONDITION_KEY_BYTES, "a condition key has 32 bytes");
        }
    }

    /// "Who serves this owner?"
    record GetOwner(PublicKey owner) implements ContactsRequest {}
}
