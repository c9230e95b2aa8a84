package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.wire.ContactWire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A [ContactRecord] together with the envelope in which its subject signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof. Equal envelopes are
/// equal contacts.
public final class SignedContact {
    /// The largest envelope, in bytes: 16 of them fit into one answer.
    public static final int BYTES_MAX = 4000;

    private final ContactRecord record;
    private final Bytes envelope;

    private SignedContact(ContactRecord record, Bytes envelope) {
        this.record = record;
        this.envelope = envelope;
    }

    /// Signs a record of our own.
    ///
    /// Throws `IllegalArgumentException` when the record is not the signer's or is larger than
    /// [#BYTES_MAX] in all.
    public static SignedContact seal(ContactRecord record, KeyPair signer) {
        return seal(record, signer, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public static SignedContact seal(ContactRecord record, KeyPair signer, Signatures signatures) {
        Limits.require(
                record.peer().equals(signer.peerId()),
                "an agent signs only its own contact record");
        var envelope = StatementKind.CONTACT.seal(signer, encode(record), signatures);
        return new SignedContact(record, envelope);
    }

    /// Verifies a record that came from anywhere.
    public static SignedContact open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public static SignedContact open(Bytes envelope, Signatures signatures)
            throws ProtocolException {
        var signed = StatementKind.CONTACT.open(envelope, signatures);
        var record =
                Wire.decode(
                        ContactWire.ContactRecord.parser(),
                        signed.payload(),
                        SignedContact::decode);
        if (!record.peer().equals(signed.signer().peerId())) {
            throw new ProtocolException("a contact record that its subject did not sign");
        }
        return new SignedContact(record, envelope);
    }

    public ContactRecord record() {
        return record;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    public PeerId peer() {
        return record.peer();
    }

    private static Bytes encode(ContactRecord record) {
        var message =
                ContactWire.ContactRecord.newBuilder()
                        .setPeerId(Wire.field(record.peer().multihash()))
                        .setSequence(record.sequence())
                        .setTtlSeconds((int) record.ttl().toSeconds())
                        .setExpiresAt(record.expiresAt().getEpochSecond());
        record.addresses().forEach(address -> message.addAddresses(Wire.field(address.encoded())));
        for (var offering : record.offerings()) {
            var offered = message.addOfferingsBuilder().setTag(offering.tag());
            offering.criteria()
                    .forEach((key, value) ->
                            offered.addCriteriaBuilder().setKey(key).setValue(value));
        }
        record.ownerKey().ifPresent(key -> message.setOwnerKey(Wire.field(key.encoded())));
        record.sealingKey().ifPresent(key -> message.setSealingKey(Wire.field(key)));
        return Wire.encode(message.build());
    }

    private static ContactRecord decode(ContactWire.ContactRecord message)
            throws ProtocolException {
        Limits.count(message.getAddressesList(), ContactRecord.ADDRESSES_MAX, "addresses");
        Limits.count(message.getOfferingsList(), ContactRecord.OFFERINGS_MAX, "offerings");
        var addresses = new ArrayList<Multiaddr>();
        for (var address : message.getAddressesList()) {
            // A transport of the future does not make the rest of the record worthless.
            Multiaddr.decodeKnown(Wire.bytes(address)).ifPresent(addresses::add);
        }
        var offerings = new ArrayList<Offering>();
        for (var offering : message.getOfferingsList()) {
            offerings.add(Offering.of(offering.getTag(), criteria(offering.getCriteriaList())));
        }
        var ownerKey = Wire.bytes(message.getOwnerKey());
        var sealingKey = Wire.bytes(message.getSealingKey());
        return new ContactRecord(
                PeerId.decode(Wire.bytes(message.getPeerId())),
                Wire.unsigned(message.getSequence(), "sequence"),
                addresses,
                offerings,
                Duration.ofSeconds(Wire.unsigned(message.getTtlSeconds())),
                Wire.seconds(message.getExpiresAt(), "an expiry"),
                ownerKey.size() == 0 ? Optional.empty() : Optional.of(PublicKey.decode(ownerKey)),
                sealingKey.size() == 0 ? Optional.empty() : Optional.of(sealingKey));
    }

    private static Map<String, String> criteria(List<ContactWire.Criterion> list) {
        var criteria = new TreeMap<String, String>();
        list.forEach(criterion -> Criteria.add(criteria, criterion.getKey(), criterion.getValue()));
        return criteria;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedContact contact && envelope.equals(contact.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "contact %s #%d".formatted(record.peer().shortText(), record.sequence());
    }
}
