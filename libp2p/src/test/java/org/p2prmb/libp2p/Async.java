package org.p2prmb.libp2p;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// One end of a conversation, on a thread of its own while the test is the other.
public final class Async {
    private Async() {}

    /// What may fail as sockets do.
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    public static <T> CompletableFuture<T> run(Task<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.run();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                work -> Thread.ofVirtual().start(work));
    }
}
