package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;

/// A statement together with the envelope in which its author signed it.
///
/// There are two ways in, [Form#seal] and [Form#open], so an instance is a proof. Equal envelopes
/// are equal statements.
public final class Signed<T extends ExchangeStatement> {
    private final T statement;
    private final Bytes envelope;

    Signed(T statement, Bytes envelope) {
        this.statement = statement;
        this.envelope = envelope;
    }

    public T statement() {
        return statement;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signed<?> signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "signed " + statement;
    }
}
