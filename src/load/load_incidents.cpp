#include "load/load_incidents.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <system_error>
#include <utility>

#include "client/connector.h"

namespace threadecho::load {
namespace {

void count_one(CountedTexts& counts, const std::string& text) {
  const bool has_room = counts.size() < LoadIncidents::kMostWords || counts.contains(text);
  ++counts[has_room ? text : std::string()];
}

void add(CountedTexts& sum, const CountedTexts& more) {
  for (const auto& [text, count] : more) {
    sum[text] += count;
  }
}

}  // namespace

std::size_t LoadIncidents::lost(LoadIncident incident) {
  ++counts_.at(client::index_of(incident.failure.kind));
  if (kept_.size() >= kMostKept) {
    return kNotKept;
  }
  kept_.push_back(std::move(incident));
  return kept_.size() - 1;
}

void LoadIncidents::attempted(std::size_t incident, const client::Failure& failure) {
  count_one(failed_attempts_, failure.text);
  if (incident != kNotKept) {
    ++kept_.at(incident).attempts;
  }
}

void LoadIncidents::connected(const std::vector<client::Attempt>& attempts) {
  for (const client::Attempt& attempt : attempts) {
    // An attempt that had less than its head start when another address answered has not failed.
    const bool was_given_up = attempt.error == std::errc::operation_canceled;
    if (attempt.error && (!was_given_up || attempt.duration >= client::ConnectRace::kHeadStart)) {
      client::Attempt failed = attempt;
      failed.duration -= failed.duration % client::ConnectRace::kHeadStart;  // so that equal failures have equal texts
      count_one(failed_attempts_, client::failure_of(failed).text);
    }
  }
}

void LoadIncidents::look_up_failed(const client::Failure& failure) { count_one(failed_look_ups_, failure.text); }

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
  add(failed_attempts_, other.failed_attempts_);
  add(failed_look_ups_, other.failed_look_ups_);
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
