#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace threadecho::test {

/// Ends the test program with a message if it lives longer than kPatience. For calls that cannot be given up, such as
/// a join: a fault that makes one hang fails the test, long before the test runner ends it.
class Watchdog {
 public:
  /// `problem` says what did not happen.
  explicit Watchdog(std::string problem);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch();

  const std::string problem_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace threadecho::test
