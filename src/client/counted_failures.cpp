#include "client/counted_failures.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/numbers.h"

namespace threadecho::client {

void CountedFailures::add(std::string_view name, std::string_view text, std::chrono::nanoseconds at,
                          std::string_view local) {
  auto row = std::ranges::find_if(rows_, [&](const Row& known) { return known.name == name && known.text == text; });
  if (row == rows_.end()) {
    row = rows_.insert(
        row,
        {.name = std::string(name), .text = std::string(text), .first = at, .last = at, .local = std::string(local)});
  }
  ++row->count;
  if (at < row->first) {
    row->first = at;
    row->local = local;
  }
  row->last = std::max(row->last, at);
  newest_ = static_cast<std::size_t>(row - rows_.begin());
}

void CountedFailures::add_recovery(std::chrono::nanoseconds after) {
  Row& row = rows_.at(newest_);
  ++row.recovered;
  row.slowest = std::max(row.slowest, after);
}

std::string CountedFailures::rows(std::size_t most,
                                  const std::function<std::string(std::chrono::nanoseconds)>& time) const {
  std::string lines;
  std::uint64_t left_out = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    if (i >= most) {
      left_out += row.count;
      continue;
    }
    lines += fmt::format("  {} x  {}: {}, at {}", text::format_count(row.count), row.name, row.text, time(row.first));
    if (time(row.last) != time(row.first)) {
      lines += " to " + time(row.last);
    }
    if (!row.local.empty()) {
      lines += (row.count > 1 ? ", the first from " : ", from ") + row.local;
    }
    if (row.recovered > 0) {
      const bool is_all = row.recovered == row.count;
      lines += fmt::format("; {}back after {}{}", is_all ? "" : text::format_count(row.recovered) + " ",
                           row.recovered > 1 ? "at most " : "", text::format_latency(row.slowest));
    }
    lines += '\n';
  }
  if (left_out > 0) {
    lines += fmt::format("  {} more with other texts (--json lists them)\n", text::format_count(left_out));
  }
  return lines;
}

}  // namespace threadecho::client
