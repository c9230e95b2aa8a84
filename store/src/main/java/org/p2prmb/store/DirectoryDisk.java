package org.p2prmb.store;

import org.p2prmb.store.journal.Disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The real disk beneath a journal: the files of a data directory, whose lock is held.
final class DirectoryDisk implements Disk {
    private final DataDirectory directory;

    DirectoryDisk(DataDirectory directory) {
        this.directory = directory;
    }

    @Override
    public List<String> list() throws IOException {
        try (var files = Files.list(directory.path())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public byte[] read(String name, int bytesMax) throws IOException {
        var file = file(name);
        if (Files.size(file) > bytesMax) {
            throw new IOException("%s has more than %d bytes".formatted(file, bytesMax));
        }
        return Files.readAllBytes(file);
    }

    @Override
    public File create(String name) throws IOException {
        Files.createFile(file(name), DataDirectory.mode("rw-------"));
        var channel = FileChannel.open(file(name), StandardOpenOption.WRITE);
        return new ChannelFile(channel);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        // An atomic move would replace it.
        if (Files.exists(file(to))) {
            throw new FileAlreadyExistsException(file(to).toString());
        }
        Files.move(file(from), file(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(file(name));
    }

    @Override
    public void forceNames() throws IOException {
        directory.forceDirectory();
    }

    @Override
    public String toString() {
        return directory.path().toString();
    }

    private Path file(String name) {
        return directory.path().resolve(name);
    }

    private record ChannelFile(FileChannel channel) implements File {
        @Override
        public void append(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /// Without the times of the file; its length is among what is needed to read it.
        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
