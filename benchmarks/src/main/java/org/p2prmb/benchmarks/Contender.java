package org.p2prmb.benchmarks;

import java.io.IOException;

/// An implementation of libp2p in the comparison: a server process and a client, which measure all
/// the same things over TCP, Noise and Yamux on the loopback interface.
interface Contender extends AutoCloseable {
    /// Latencies of requests that were made one after the other.
    record Latency(double p50Millis, double p99Millis) {}

    /// Seconds for one stream of the perf protocol that carries so many bytes.
    double perfSeconds(long up, long down) throws IOException;

    /// Seconds for `dialers` peers at once that connect, have 32 bytes echoed and hang up.
    double connectionSeconds(int dialers, int each) throws IOException, InterruptedException;

    /// Requests of 64 bytes, each on a stream of its own.
    Latency latency(int requests) throws IOException;

    double requestSeconds(int inFlight, int requests) throws IOException, InterruptedException;

    /// Workload D in a process of its own: signed messages per second that all of ten peers get.
    double gossipRate() throws IOException;

    /// A fresh server process of the same kind, to measure memory with.
    Idle idle() throws IOException;

    @Override
    void close() throws IOException;

    /// A server of which only the memory is looked at.
    interface Idle extends AutoCloseable {
        /// Where it listens.
        String address();

        /// Its resident bytes, after what can be given back has been.
        long residentBytes() throws IOException;

        @Override
        void close() throws IOException;
    }
}
