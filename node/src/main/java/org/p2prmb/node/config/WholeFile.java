package org.p2prmb.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Files that are replaced as a whole: a reader sees the old text or the new one, never a part.
public final class WholeFile {
    private WholeFile() {}

    /// Replaces a file that others may read, as far as the process's umask lets them.
    public static void publish(Path file, String text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Replaces a file that only its owner may read.
    public static void keep(Path file, String text) throws IOException {
        OwnFiles.replace(file, text);
    }

    /// Reads a file of [#keep]; throws [UserException] when others may read it.
    public static String read(Path file, String what, int bytesMax) throws IOException {
        OwnFiles.requirePrivate(file, what);
        if (Files.size(file) > bytesMax) {
            throw new IOException("too large");
        }
        return Files.readString(file);
    }

    /// Copies a file to one that only its owner may read, and that must not exist yet.
    public static void copy(Path file, Path to) throws IOException {
        OwnFiles.create(to, Files.readString(file));
    }

    /// What went wrong with a file, in the user's words.
    public static String reason(IOException e) {
        return OwnFiles.reason(e);
    }
}
