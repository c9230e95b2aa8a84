package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.multistream.TokenInput;
import org.p2prmb.libp2p.yamux.YamuxStream;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A multiplexer's stream on which a protocol was agreed, or is being agreed while data flows.
///
/// Our part of the negotiation (the dialer's proposal, the listener's answer) waits as `prefix`
/// for the first data and shares its packet. It leaves alone when we would otherwise wait for the
/// remote, and when we close. The dialer checks the answer when it first reads.
final class HostStream implements Stream {
    private static final Duration FOREVER = Duration.ofDays(365);

    /// Up to this size the first data is copied behind the prefix; above, a frame more is cheaper.
    private static final int JOINED_MAX = 8 * 1024;

    private final HostConnection connection;
    private final YamuxStream raw;
    private final String protocol;
    private final HostConnection.Use use;

    /// What was read from the remote behind its part of the negotiation; null when used up. Only
    /// the reader touches it.
    private @Nullable Opening opening;

    /// True while the remote has not answered our proposal. Only the reader touches it.
    private boolean unconfirmed;

    private volatile @Nullable Bytes prefix;

    private HostStream(
            HostConnection connection,
            YamuxStream raw,
            String protocol,
            @Nullable Opening opening,
            @Nullable Bytes prefix,
            boolean unconfirmed,
            HostConnection.Use use) {
        this.connection = connection;
        this.raw = raw;
        this.protocol = protocol;
        this.opening = opening;
        this.prefix = prefix;
        this.unconfirmed = unconfirmed;
        this.use = use;
    }

    /// A stream that proposes its only protocol together with its first data.
    static HostStream propose(
            HostConnection connection, YamuxStream raw, String protocol, HostConnection.Use use) {
        raw.endAfterAnswer(); // js-libp2p loses what comes in one burst with the end.
        var proposal = Bytes.wrap(Multistream.proposal(protocol));
        return new HostStream(connection, raw, protocol, new Opening(raw), proposal, true, use);
    }

    /// A stream that speaks the first of `protocols` that the remote has; waits for the answers.
    static HostStream select(
            HostConnection connection,
            YamuxStream raw,
            List<String> protocols,
            Duration limit,
            HostConnection.Use use)
            throws IOException {
        raw.deadline(limit);
        var opening = new Opening(raw);
        var protocol = Multistream.select(opening, raw::write, protocols);
        use.agreed(protocol);
        raw.deadline(FOREVER);
        return new HostStream(connection, raw, protocol, opening, null, false, use);
    }

    /// A stream that the remote opened, once it has proposed one of `protocols`; empty when it
    /// gave up after a refusal.
    static Optional<HostStream> answer(
            HostConnection connection,
            YamuxStream raw,
            Protocols protocols,
            Duration limit,
            HostConnection.Use use)
            throws IOException {
        raw.deadline(limit);
        var opening = new Opening(raw);
        var agreed =
                Multistream.answer(
                        opening,
                        raw::write,
                        name -> protocols.serves(name) && connection.allows(name),
                        protocols::names);
        if (agreed.isEmpty()) {
            return Optional.empty();
        }
        use.agreed(agreed.get().protocol());
        raw.deadline(FOREVER);
        var reply = agreed.get().reply();
        var stream =
                new HostStream(
                        connection, raw, agreed.get().protocol(), opening, reply, false, use);
        if (!opening.buffered()) {
            stream.sendPrefix(); // A dialer that sent no data may wait for our answer.
        }
        return Optional.of(stream);
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void deadline(Duration limit) {
        raw.deadline(limit);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        var read = readOpening(into, offset, length);
        if (read == 0) {
            read = raw.read(into, offset, length);
        }
        if (read > 0) {
            connection.countRead(read);
        }
        return read;
    }

    /// 0 when the negotiation is over and nothing that came with it is left.
    private int readOpening(byte[] into, int offset, int length) throws IOException {
        var start = opening;
        if (start == null || length == 0) {
            return 0;
        }
        if (unconfirmed) {
            confirm(start);
        }
        if (start.buffered()) {
            return start.take(into, offset, length);
        }
        opening = null;
        sendPrefix();
        return 0;
    }

    private void confirm(Opening start) throws IOException {
        sendPrefix();
        try {
            Multistream.confirm(start, protocol);
            unconfirmed = false;
        } catch (IOException e) {
            raw.reset();
            throw e;
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (prefix == null || !writeBehindPrefix(from, offset, length)) {
            raw.write(from, offset, length);
        }
        connection.countWritten(length);
    }

    /// False when the prefix has left, so that the caller writes without it. A reader that sends
    /// the prefix alone meanwhile is waited for: it must be first.
    private synchronized boolean writeBehindPrefix(byte[] from, int offset, int length)
            throws IOException {
        var head = prefix;
        if (head == null || length > JOINED_MAX) {
            sendPrefix();
            return false;
        }
        var joined = new byte[head.size() + length];
        System.arraycopy(head.unsafeArray(), 0, joined, 0, head.size());
        System.arraycopy(from, offset, joined, head.size(), length);
        raw.write(joined, 0, joined.length);
        prefix = null;
        return true;
    }

    private void sendPrefix() throws IOException {
        if (prefix != null) {
            sendPrefixAlone();
        }
    }

    private synchronized void sendPrefixAlone() throws IOException {
        var head = prefix;
        if (head != null) {
            raw.write(head.unsafeArray(), 0, head.size());
            prefix = null;
        }
    }

    @Override
    public void background() {
        use.background();
    }

    @Override
    public void closeWrite() throws IOException {
        sendPrefix();
        raw.closeWrite();
    }

    @Override
    public void reset() {
        raw.reset();
        use.end();
    }

    @Override
    public void close() {
        try {
            sendPrefix();
            raw.close();
        } catch (IOException _) {
            raw.reset(); // It has failed already: nothing that we could still tell the remote.
        } finally {
            use.end();
        }
    }

    @Override
    public String toString() {
        return protocol + " with " + connection.remotePeer().shortText();
    }

    /// What comes first on a stream: the remote's part of the negotiation, and perhaps data.
    private static final class Opening implements TokenInput {
        /// Two tokens of usual length and a small message.
        private static final int BYTES = 256;

        private final YamuxStream raw;
        private final byte[] buffer = new byte[BYTES];
        private int position;
        private int limit;

        Opening(YamuxStream raw) {
            this.raw = raw;
        }

        @Override
        public int next() throws IOException {
            if (!buffered()) {
                position = 0;
                limit = Math.max(0, raw.read(buffer, 0, BYTES));
                if (limit == 0) {
                    throw new EOFException("remote closed the stream before it agreed");
                }
            }
            return buffer[position++] & 0xff;
        }

        @Override
        public boolean buffered() {
            return position < limit;
        }

        int take(byte[] into, int offset, int length) {
            var size = Math.min(length, limit - position);
            System.arraycopy(buffer, position, into, offset, size);
            position += size;
            return size;
        }
    }
}
