#pragma once

#include <chrono>

namespace threadecho::cli {

// Exit statuses of the program: docs/cli.md. `probe` has some more, client::kFailureKinds.

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;  ///< also wrong settings
inline constexpr int kCannotBind = 3;
/// Plus the number of the signal that ended the program.
inline constexpr int kEndedBySignal = 128;

/// The same signal again within this time is the same request: timeout(1), process groups and several orchestrators
/// send SIGTERM twice.
inline constexpr std::chrono::seconds kSameRequest{1};

}  // namespace threadecho::cli
