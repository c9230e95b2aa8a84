package org.p2prmb.node.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Files that are for their owner's eyes only: mode 0600 in directories of mode 0700.
///
/// On a file system without POSIX modes the modes are left to the system.
final class OwnFiles {
    static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<PosixFilePermission> OTHERS =
            PosixFilePermissions.fromString("---rwxrwx");

    private OwnFiles() {}

    /// Creates a file that must not exist yet; it is on disk when this returns.
    static void create(Path file, String text) throws IOException {
        write(file, text, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        syncDirectory(file);
    }

    /// Replaces a file in one step: a reader sees the old text or the new one, never a part, and
    /// the new one is on disk when this returns.
    static void replace(Path file, String text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        create(fresh, text);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(file);
    }

    /// Or a power failure would bring the old name back, or none.
    private static void syncDirectory(Path file) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        if (directory != null && posix(file)) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /// Throws [UserException] when the group or others may use `path`, or when it is a link.
    static void requirePrivate(Path path, String what) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new UserException(
                    "%s %s is a symbolic link: name the real one".formatted(what, path));
        }
        if (!posix(path)) {
            return;
        }
        var modes = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (modes.stream().anyMatch(OTHERS::contains)) {
            throw new UserException(
                    "%s %s is open to others (mode %s): chmod %s %s"
                            .formatted(
                                    what,
                                    path,
                                    PosixFilePermissions.toString(modes),
                                    Files.isDirectory(path) ? "700" : "600",
                                    path));
        }
    }

    /// What went wrong with a file, in the user's words.
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file or directory";
            case FileAlreadyExistsException _ -> "it exists already";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "not a directory";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void write(Path file, String text, Set<? extends OpenOption> options)
            throws IOException {
        try (var channel = open(file, options)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /// Opens with mode 0600 from the start, so that there is no moment when others may read.
    static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        return posix(file)
                ? FileChannel.open(file, options, FILE_MODE)
                : FileChannel.open(file, options);
    }

    static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
