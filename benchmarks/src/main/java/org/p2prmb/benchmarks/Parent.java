package org.p2prmb.benchmarks;

import java.io.IOException;
import java.io.OutputStream;

/// The process that started this one and holds the other end of its input.
final class Parent {
    private Parent() {}

    /// Ends this process with its parent, whose death closes our input: nobody would stop us else.
    static void follow() {
        Thread.ofPlatform()
                .daemon()
                .name("parent")
                .start(() -> {
                    try {
                        System.in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        System.err.println("the parent is out of reach: " + e.getMessage());
                    }
                    Runtime.getRuntime().halt(1);
                });
    }
}
