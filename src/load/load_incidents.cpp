#include "load/load_incidents.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace threadecho::load {

std::size_t LoadIncidents::lost(LoadIncident incident) {
  ++counts_.at(client::index_of(incident.failure.kind));
  if (kept_.size() >= kMostKept) {
    return kNotKept;
  }
  kept_.push_back(std::move(incident));
  return kept_.size() - 1;
}

void LoadIncidents::attempted(std::size_t incident, const client::Failure& failure) {
  const bool has_room = failed_attempts_.size() < kMostWords || failed_attempts_.contains(failure.text);
  ++failed_attempts_[has_room ? failure.text : std::string()];
  if (incident != kNotKept) {
    ++kept_.at(incident).attempts;
  }
}

void LoadIncidents::recovered(std::size_t incident, Nanoseconds after) {
  ++recovered_;
  total_outage_ += after;
  longest_outage_ = std::max(longest_outage_, after);
  if (incident != kNotKept) {
    kept_.at(incident).recovered_after = after;
  }
}

void LoadIncidents::merge(LoadIncidents&& other) {
  std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
  recovered_ += other.recovered_;
  total_outage_ += other.total_outage_;
  longest_outage_ = std::max(longest_outage_, other.longest_outage_);
  for (const auto& [text, count] : other.failed_attempts_) {
    failed_attempts_[text] += count;
  }
  kept_.insert(kept_.end(), std::make_move_iterator(other.kept_.begin()), std::make_move_iterator(other.kept_.end()));
  other.kept_.clear();
}

void LoadIncidents::sort() { std::ranges::stable_sort(kept_, {}, &LoadIncident::at); }

std::vector<std::pair<std::string_view, std::uint64_t>> LoadIncidents::counts() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> counts;
  counts.reserve(client::kFailureKinds.size());
  for (const client::FailureWords& words : client::kFailureKinds) {
    counts.emplace_back(words.name, count(words.kind));
  }
  return counts;
}

std::uint64_t LoadIncidents::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

}  // namespace threadecho::load
