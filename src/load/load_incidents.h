#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"
#include "load/load_recorder.h"

namespace threadecho::load {

/// A connection that was lost or could not be opened.
struct LoadIncident {
  Nanoseconds at = 0;
  std::uint32_t connection = 0;
  std::string local = {};  ///< its own address and port; empty if it had none
  client::Failure failure;
  std::uint32_t attempts = 0;        ///< to connect again
  Nanoseconds recovered_after = -1;  ///< until a message was echoed again; -1: never
};

using CountedTexts = std::map<std::string, std::uint64_t>;

/// All incidents of a run are counted by kind; the first kMostKept of each worker are kept in full.
class LoadIncidents {
 public:
  static constexpr std::size_t kMostKept = 10'000;
  static constexpr std::size_t kNotKept = SIZE_MAX;
  static constexpr std::size_t kMostWords = 100;

  /// Returns a number for the calls below.
  std::size_t lost(LoadIncident incident);
  /// An attempt to connect again failed.
  void attempted(std::size_t incident, const client::Failure& failure);
  /// One of these attempts to connect succeeded; each of the others may have failed.
  void connected(const std::vector<client::Attempt>& attempts);
  void look_up_failed(const client::Failure& failure);
  void recovered(std::size_t incident, Nanoseconds after);

  /// Adds those of another worker; call sort() when all are in.
  void merge(LoadIncidents&& other);
  void sort();

  [[nodiscard]] std::uint64_t count(client::FailureKind kind) const { return counts_.at(client::index_of(kind)); }
  /// How many have each name, in the order of client::kFailureKinds.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> counts() const;
  [[nodiscard]] std::uint64_t total() const;
  [[nodiscard]] std::uint64_t total_recovered() const { return recovered_; }
  /// Outages of the connections that came back: their sum, and the longest one.
  [[nodiscard]] Nanoseconds total_outage() const { return total_outage_; }
  [[nodiscard]] Nanoseconds longest_outage() const { return longest_outage_; }
  [[nodiscard]] const std::vector<LoadIncident>& kept() const { return kept_; }
  /// Failed attempts to connect again, counted by their text; an empty text counts those beyond the limit.
  [[nodiscard]] const CountedTexts& failed_attempts() const { return failed_attempts_; }
  /// The same for look-ups of the name.
  [[nodiscard]] const CountedTexts& failed_look_ups() const { return failed_look_ups_; }

 private:
  std::array<std::uint64_t, client::kFailureKinds.size()> counts_{};
  std::uint64_t recovered_ = 0;
  Nanoseconds total_outage_ = 0;
  Nanoseconds longest_outage_ = 0;
  std::vector<LoadIncident> kept_;
  CountedTexts failed_attempts_;
  CountedTexts failed_look_ups_;
};

}  // namespace threadecho::load
