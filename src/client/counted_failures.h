#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::client {

/// Counts failures that have the same text: thirty refused connections are one row. The rows are in the order of their
/// first failures.
class CountedFailures {
 public:
  /// `name` is that of the failure's kind, `text` its clause, `at` a time that all rows count from the same moment,
  /// `local` the connection's own address if it is known.
  void add(std::string_view name, std::string_view text, std::chrono::nanoseconds at, std::string_view local = {});
  /// The connection of the last one that was added came back, after this long.
  void add_recovery(std::chrono::nanoseconds after);

  /// One line each: "  30 x  reset: reset by the server, at 0.001 s to 0.012 s, the first from 192.0.2.1:40000; 28 back
  /// after at most 326 ms". `time` shows a time. A last line counts the failures beyond `most` rows.
  [[nodiscard]] std::string rows(std::size_t most,
                                 const std::function<std::string(std::chrono::nanoseconds)>& time) const;

 private:
  struct Row {
    std::string name;
    std::string text;
    std::chrono::nanoseconds first;
    std::chrono::nanoseconds last;
    std::string local;  ///< of the first
    std::uint64_t count = 0;
    std::uint64_t recovered = 0;
    std::chrono::nanoseconds slowest{0};
  };
  std::vector<Row> rows_;
  std::size_t newest_ = 0;  ///< in rows_: what was added last
};

}  // namespace threadecho::client
