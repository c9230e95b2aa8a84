package org.p2prmb.protocols.message;

import java.io.IOException;

/// Turns one command into an action.
@FunctionalInterface
public interface Handler {
    /// Acts and answers. Runs on a virtual thread of its own, at most once for each request, and
    /// is interrupted at the call's deadline. An exception is answered with
    /// [ErrorCode#HANDLER_FAILED]; its text stays here.
    Answer handle(Call call) throws IOException, InterruptedException;
}
