package org.p2prmb.node.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a chain's node is asked: JSON-RPC over HTTP.
///
/// @param address without user and password
/// @param user empty when the node asks for none
/// @param password as the address had it; empty when a file has it
/// @param passwordFile whose first line is the password
/// @param limit for one question with its answer, 1 s to 30 min
public record NodeAccess(
        URI address, String user, String password, Optional<Path> passwordFile, Duration limit) {
    public static final Duration LIMIT = Duration.ofSeconds(30);

    public NodeAccess {
        Bounds.time("timeout", limit, Duration.ofSeconds(1), Duration.ofMinutes(30));
    }

    /// Reads an address that may have `user:password@` in it.
    ///
    /// Throws `IllegalArgumentException` that names the setting.
    static NodeAccess of(
            String rpc, Optional<String> user, Optional<Path> passwordFile, Duration limit) {
        var address = parse(rpc);
        var inAddress = Optional.ofNullable(address.getUserInfo());
        if (inAddress.isPresent() && (user.isPresent() || passwordFile.isPresent())) {
            throw new IllegalArgumentException(
                    "rpc has a user already: leave out rpc-user and rpc-password-file");
        }
        if (user.isPresent() != passwordFile.isPresent()) {
            throw new IllegalArgumentException("rpc-user and rpc-password-file belong together");
        }
        var parts = inAddress.orElse("").split(":", 2);
        return new NodeAccess(
                withoutUser(address),
                user.orElse(parts[0]),
                parts.length == 2 ? parts[1] : "",
                passwordFile,
                limit);
    }

    private static URI parse(String rpc) {
        try {
            var address = new URI(rpc);
            var scheme = String.valueOf(address.getScheme());
            if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException _) {
            // Its message would quote what may be a password.
        }
        throw new IllegalArgumentException("rpc is no address such as http://127.0.0.1:8545");
    }

    private static URI withoutUser(URI address) {
        try {
            return new URI(
                    address.getScheme(),
                    null,
                    address.getHost(),
                    address.getPort(),
                    address.getPath(),
                    address.getQuery(),
                    null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("parts of an address make one", e);
        }
    }

    /// User and password with a colon between them; empty without. Reads the file, if there is one;
    /// throws [UserException] when that fails.
    public String credentials() {
        if (user.isEmpty()) {
            return "";
        }
        return user + ":" + passwordFile.map(PassphraseSource::firstLine).orElse(password);
    }

    /// Without user, password and path, in which providers of nodes have their customers' keys.
    @Override
    public String toString() {
        var port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return address.getScheme() + "://" + address.getHost() + port;
    }
}
