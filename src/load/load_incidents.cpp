#include "load/load_incidents.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

namespace threadecho::load {

std::size_t LoadIncidents::lost(Nanoseconds at, std::uint32_t connection, client::Failure failure) {
  ++counts_.at(client::index_of(failure.kind));
  if (kept_.size() >= kMostKept) {
    return kNotKept;
  }
  kept_.push_back({.at = at, .connection = connection, .failure = std::move(failure)});
  return kept_.size() - 1;
}

void LoadIncidents::attempted(std::size_t incident) {
  if (incident != kNotKept) {
    ++kept_.at(incident).attempts;
  }
}

void LoadIncidents::recovered(std::size_t incident, Nanoseconds now) {
  ++recovered_;
  if (incident != kNotKept) {
    kept_.at(incident).recovered_after = now - kept_.at(incident).at;
  }
}

void LoadIncidents::merge(LoadIncidents&& other) {
  std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
  recovered_ += other.recovered_;
  kept_.insert(kept_.end(), std::make_move_iterator(other.kept_.begin()), std::make_move_iterator(other.kept_.end()));
  other.kept_.clear();
}

void LoadIncidents::sort() { std::ranges::stable_sort(kept_, {}, &LoadIncident::at); }

std::vector<std::pair<std::string_view, std::uint64_t>> LoadIncidents::counts() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> counts;
  for (const client::FailureWords& words : client::kFailureKinds) {
    auto named = std::ranges::find(counts, words.load_name, [](const auto& entry) { return entry.first; });
    if (named == counts.end()) {
      named = counts.emplace(counts.end(), words.load_name, 0);
    }
    named->second += count(words.kind);
  }
  return counts;
}

std::uint64_t LoadIncidents::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

}  // namespace threadecho::load
