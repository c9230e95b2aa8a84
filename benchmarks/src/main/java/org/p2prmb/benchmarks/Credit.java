package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Stream;

import java.io.EOFException;
import java.io.IOException;

/// How far a sender may run ahead of what the receiving application said it consumed.
final class Credit {
    private final long ahead;
    private long consumed;
    private boolean ended;

    Credit(long ahead) {
        this.ahead = ahead;
    }

    /// Waits until `sent` bytes in total may have been sent.
    synchronized void await(long sent) throws InterruptedException {
        while (!ended && sent - consumed > ahead) {
            wait();
        }
    }

    /// Reads totals until the stream ends; returns the last two numbers read.
    long[] follow(Stream stream) {
        var last = new long[2];
        try {
            while (true) {
                var value = BenchProtocols.readLong(stream);
                last[0] = last[1];
                last[1] = value;
                consumed(value);
            }
        } catch (EOFException e) {
            end();
            return last;
        } catch (IOException e) {
            end();
            return new long[] {-1, -1};
        }
    }

    private synchronized void consumed(long total) {
        consumed = Math.max(consumed, total);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }
}
