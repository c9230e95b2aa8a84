package org.p2prmb.protocols.contacts;

import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;

/// What an agent answers about contacts.
public sealed interface ContactsResponse {
    int RECORDS_MAX = ContactsRequest.NEIGHBOURS_MAX + 1;

    /// Verified records; the responder's own comes first in an exchange. Empty after a `Remember`.
    record Records(List<SignedContact> records) implements ContactsResponse {
        public Records {
            records = List.copyOf(records);
            Limits.count(records, RECORDS_MAX, "records");
        }
    }

    /// The newest statement about the owner that the responder knows.
    record Owner(OwnerStatement statement) implements ContactsResponse {}

    /// 400 malformed, 404 unknown owner, 429 asked too often; the text is not yet fit for a log.
    record Refused(int code, String text) implements ContactsResponse {}
}
