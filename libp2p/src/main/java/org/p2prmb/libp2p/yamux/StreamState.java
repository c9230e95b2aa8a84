package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

import java.time.Instant;

/// What [YamuxMachine] knows of one stream; it lives from the first frame until both sides have
/// finished or one has reset it.
///
/// | field | outbound | inbound |
/// |---|---|---|
/// | `greeting` | SYN until our first frame took it along | ACK until our first frame took it |
/// | `acknowledged` | the remote's ACK came | our ACK left |
@Pure
final class StreamState {
    private static final long CREDIT_MAX = 0xffff_ffffL;

    final int id;
    final boolean outbound;
    final ReceiveWindow window;

    /// The flag that the next frame carries, whichever it is: SYN, ACK or 0.
    int greeting;

    boolean acknowledged;

    /// The application has taken data and our ACK waits for an answer to ride on.
    boolean acknowledgementOwed;

    boolean finishing;
    boolean finishSent;
    boolean finishReceived;

    /// The application closed the stream: what still comes is dropped.
    boolean abandoned;

    /// In the ring of streams with a frame without a body to send.
    boolean signalling;

    /// In the ring of streams with data and credit to send.
    boolean sending;

    /// Bytes of the application's write that have no frame yet.
    long unsent;

    private long sendCredit = ReceiveWindow.INITIAL_BYTES;

    StreamState(int id, boolean outbound, Instant now) {
        this.id = id;
        this.outbound = outbound;
        this.greeting = outbound ? Header.SYN : Header.ACK;
        this.window = new ReceiveWindow(now);
    }

    /// Adds to what we may send; false when the sum is more than 32 bits hold.
    boolean credit(long bytes) {
        if (sendCredit + bytes > CREDIT_MAX) {
            return false;
        }
        sendCredit += bytes;
        return true;
    }

    boolean canSend() {
        return unsent > 0 && sendCredit > 0;
    }

    /// Takes a body of at most `bytesMax` from the write that waits.
    long send(long bytesMax) {
        var bytes = Math.min(Math.min(unsent, sendCredit), bytesMax);
        unsent -= bytes;
        sendCredit -= bytes;
        return bytes;
    }

    /// True when the remote has not heard of the stream.
    boolean unannounced() {
        return greeting == Header.SYN;
    }

    boolean finished() {
        return finishSent && finishReceived;
    }

    /// An update is of no use to a remote that has finished, nor from one that reads no more.
    boolean owesUpdate() {
        return !finishReceived && !abandoned && window.updateDue();
    }

    /// FIN leaves after the last byte.
    boolean owesFinish() {
        return finishing && !finishSent && unsent == 0;
    }
}
