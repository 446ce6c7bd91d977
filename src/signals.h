#pragma once

namespace threadecho {

/// SIGTERM and SIGINT ask for an orderly stop.

/// To be called in main's thread before any other thread is started: blocks them there, every later thread inherits
/// that, and so no other thread is ever interrupted. Ignores SIGPIPE: a log whose reader has gone must not end the
/// process.
void block_stop_signals();

/// Waits for the first, and returns its number. From then on a second one ends the process at once with status
/// 128 + its number. Explicit handlers, so that it works as PID 1 too, which has no default actions.
int wait_for_stop_signal();

}  // namespace threadecho
