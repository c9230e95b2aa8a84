package org.p2prmb.node.metrics;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.regex.Pattern;

/// Decides by its `Host` header whether a request was meant for us.
///
/// A web page can have its own name resolved to 127.0.0.1 and so make the visitor's browser ask
/// us; the browser then sends that name. An IP address cannot be made to lead elsewhere.
final class HostHeader {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private HostHeader() {}

    /// @param loopback whether we listen for this machine alone
    static boolean isForUs(@Nullable String header, boolean loopback) {
        if (header == null) {
            return false;
        }
        var host = PORT.matcher(header.strip().toLowerCase(Locale.ROOT)).replaceFirst("");
        if (loopback) {
            return host.equals("localhost")
                    || host.equals("[::1]")
                    || host.startsWith("127.") && IPV4.matcher(host).matches();
        }
        return host.equals("localhost")
                || IPV4.matcher(host).matches()
                || IPV6.matcher(host).matches();
    }
}
