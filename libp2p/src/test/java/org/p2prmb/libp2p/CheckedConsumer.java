package org.p2prmb.libp2p;

/// A consumer that may throw anything: the body of a test.
@FunctionalInterface
public interface CheckedConsumer<T> {
    void accept(T value) throws Exception;
}
