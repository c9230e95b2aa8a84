package org.p2prmb.protocols.contacts;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ContactWire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The bytes of `/rmb/contacts/1.0.0`.
public final class ContactsCodec {
    /// Tag and length of one repeated field in a response.
    private static final int FIELD_OVERHEAD = 4;

    private static final int RESPONSE_ROOM = ContactsRequest.BYTES_MAX - 64;

    private ContactsCodec() {}

    public static Bytes encode(ContactsRequest request) {
        var message = ContactWire.ContactsRequest.newBuilder();
        switch (request) {
            case ContactsRequest.Exchange(var own, var neighboursMax) ->
                    message.getExchangeBuilder()
                            .setRecord(Wire.field(own.envelope()))
                            .setNeighboursMax(neighboursMax);
            case ContactsRequest.Remember(var records, var conditionKey) -> {
                var remember = message.getRememberBuilder();
                remember.setConditionKey(Wire.field(conditionKey));
                records.forEach(record -> remember.addRecords(Wire.field(record.envelope())));
            }
            case ContactsRequest.GetOwner(var owner) ->
                    message.getGetOwnerBuilder().setOwnerKey(Wire.field(owner.encoded()));
        }
        return Wire.encode(message.build());
    }

    /// Verifies every record; a single wrong one makes the request wrong.
    public static ContactsRequest decodeRequest(Bytes encoded) throws ProtocolException {
        return Wire.decode(ContactWire.ContactsRequest.parser(), encoded, ContactsCodec::request);
    }

    private static ContactsRequest request(ContactWire.ContactsRequest message)
            throws ProtocolException {
        return switch (message.getRequestCase()) {
            case EXCHANGE ->
                    new ContactsRequest.Exchange(
                            SignedContact.open(Wire.bytes(message.getExchange().getRecord())),
                            Wire.clamped(
                                    message.getExchange().getNeighboursMax(),
                                    ContactsRequest.NEIGHBOURS_MAX));
            case REMEMBER -> {
                var remember = message.getRemember();
                Limits.count(remember.getRecordsList(), ContactsRequest.REMEMBERED_MAX, "records");
                var records = new ArrayList<SignedContact>();
                for (var record : remember.getRecordsList()) {
                    records.add(SignedContact.open(Wire.bytes(record)));
                }
                yield new ContactsRequest.Remember(records, Wire.bytes(remember.getConditionKey()));
            }
            case GET_OWNER ->
                    new ContactsRequest.GetOwner(
                            PublicKey.decode(Wire.bytes(message.getGetOwner().getOwnerKey())));
            case REQUEST_NOT_SET -> throw new ProtocolException("an unknown contacts request");
        };
    }

    /// Leaves out the last records when not all fit into a response.
    public static Bytes encode(ContactsResponse response) {
        var message = ContactWire.ContactsResponse.newBuilder();
        switch (response) {
            case ContactsResponse.Records(var records) ->
                    fitting(records, RESPONSE_ROOM).forEach(message::addRecords);
            case ContactsResponse.Owner(var statement) ->
                    message.setOwner(Wire.field(statement.envelope()));
            case ContactsResponse.Refused(var code, var text) ->
                    message.getErrorBuilder().setCode(code).setMessage(text);
        }
        return Wire.encode(message.build());
    }

    public static ContactsResponse decodeResponse(Bytes encoded) throws ProtocolException {
        return Wire.decode(ContactWire.ContactsResponse.parser(), encoded, ContactsCodec::response);
    }

    private static ContactsResponse response(ContactWire.ContactsResponse message)
            throws ProtocolException {
        if (message.hasError()) {
            var error = message.getError();
            return new ContactsResponse.Refused(error.getCode(), error.getMessage());
        }
        if (!message.getOwner().isEmpty()) {
            return new ContactsResponse.Owner(OwnerStatement.open(Wire.bytes(message.getOwner())));
        }
        Limits.count(message.getRecordsList(), ContactsResponse.RECORDS_MAX, "records");
        return new ContactsResponse.Records(valid(message.getRecordsList()));
    }

    /// The records that verify: one that does not is left out, since an agent of a later version
    /// may relay what we cannot read.
    public static List<SignedContact> valid(Iterable<ByteString> envelopes) {
        var records = new ArrayList<SignedContact>();
        envelopes.forEach(envelope -> opened(envelope).ifPresent(records::add));
        return records;
    }

    private static Optional<SignedContact> opened(ByteString envelope) {
        try {
            return Optional.of(SignedContact.open(Wire.bytes(envelope)));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    /// The first records whose fields take at most `bytesMax` together.
    public static List<ByteString> fitting(List<SignedContact> records, int bytesMax) {
        var fields = new ArrayList<ByteString>();
        int left = bytesMax;
        for (var record : records) {
            left -= record.envelope().size() + FIELD_OVERHEAD;
            if (left < 0) {
                break;
            }
            fields.add(Wire.field(record.envelope()));
        }
        return fields;
    }
}
