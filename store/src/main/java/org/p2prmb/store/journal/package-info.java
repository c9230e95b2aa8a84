/// The append-only journal that swap states, secrets and signed transactions go to before anything
/// is done about them: its format, and the disk beneath it, a real or a simulated one.
@NullMarked
package org.p2prmb.store.journal;

import org.jspecify.annotations.NullMarked;
