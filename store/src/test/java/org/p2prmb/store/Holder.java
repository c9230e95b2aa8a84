package org.p2prmb.store;

import java.io.IOException;
import java.nio.file.Path;

/// A program that holds a store open until its input ends.
final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
        try (var store = Store.open(Path.of(arguments[0]), Samples.config())) {
            System.out.println("open, rebuilt " + store.rebuilt());
            while (System.in.read() >= 0) {
                // Whoever started us closes our input.
            }
        }
    }
}
