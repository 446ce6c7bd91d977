#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "net/fd.h"
#include "support/server_process.h"

namespace threadecho::test {

/// The service manager's end of NOTIFY_SOCKET: takes the messages of sd_notify(3).
class NotifyListener {
 public:
  enum class Kind { kPath, kAbstract };

  explicit NotifyListener(Kind kind = Kind::kAbstract);

  /// What NOTIFY_SOCKET is to be.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  /// The next message; nothing if none comes within `time`.
  [[nodiscard]] std::optional<std::string> next(std::chrono::milliseconds time);
  /// Takes messages until one has this text in it, and returns that one. Throws if none comes within kPatience.
  std::string wait_for(std::string_view text);
  /// Takes what has arrived.
  void clear();

 private:
  TemporaryDirectory directory_;
  std::string address_;
  net::Fd fd_;
};

}  // namespace threadecho::test
