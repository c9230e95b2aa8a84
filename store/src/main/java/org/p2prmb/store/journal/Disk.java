package org.p2prmb.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// One flat directory of files that are written once, from front to back: what a [Journal] needs
/// beneath it, and no more.
///
/// Whoever has one is alone in using it; a real one belongs to a locked data directory. Its
/// `toString` says where it is.
///
/// Nothing is sure to survive a power cut before it is forced: bytes by [File#force], the names of
/// files by [#forceNames].
public interface Disk {
    List<String> list() throws IOException;

    /// All of a file; fails when it has more than `bytesMax`.
    byte[] read(String name, int bytesMax) throws IOException;

    /// Makes an empty file, private to its user; fails when there is one of that name.
    File create(String name) throws IOException;

    /// Gives a file a new name, which no file has. It may stay open.
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /// Returns once every creation, renaming and deletion before it survives a power cut.
    void forceNames() throws IOException;

    /// A file that is open for writing.
    interface File extends AutoCloseable {
        /// Writes all remaining bytes at the end of the file.
        void append(ByteBuffer bytes) throws IOException;

        /// Returns once every byte before it survives a power cut. After an error nobody knows
        /// which do: the operating system may have dropped them, and report success the next time.
        void force() throws IOException;

        @Override
        void close() throws IOException;
    }
}
