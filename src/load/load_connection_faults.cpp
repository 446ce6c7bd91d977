// The part of LoadConnection that finds out what went wrong.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>

#include "client/socket_error.h"
#include "load/load_connection.h"
#include "net/tcp.h"

namespace threadecho::load {
namespace {

// After wrong bytes: how long, and for how many more, to wait for those that tell what happened.
constexpr Nanoseconds kDiagnosisTime = 200'000'000;
constexpr std::size_t kMostEvidence = 65'536;

}  // namespace

std::optional<LoadFailure> LoadConnection::suspect(const LoadContext& context, std::size_t first_wrong,
                                                   std::size_t size, Nanoseconds now) {
  if (state_ != State::kDiagnosing) {
    state_ = State::kDiagnosing;
    suspicion_ = std::make_unique<Suspicion>();
    suspicion_->offset = received_;
    suspicion_->ripe_at = now + kDiagnosisTime;
    limit_ = sent_;
  }
  std::vector<std::byte>& evidence = suspicion_->bytes;
  const auto begin = context.receive_buffer.begin();
  evidence.insert(evidence.end(), begin + static_cast<std::ptrdiff_t>(first_wrong),
                  begin + static_cast<std::ptrdiff_t>(std::min(size, first_wrong + kMostEvidence)));
  if (evidence.size() >= kMostEvidence || suspicion_->offset + evidence.size() >= sent_) {
    return diagnosis(context);
  }
  return std::nullopt;
}

LoadFailure LoadConnection::diagnosis(const LoadContext& context) const {
  return diagnose(payload_, {.offset = suspicion_->offset,
                             .bytes = suspicion_->bytes,
                             .sent = sent_,
                             .connections = context.options.connections});
}

std::string LoadConnection::progress_of_message(const LoadOptions& options) const {
  if (received_ == sent_) {
    return completed_ == 0 ? " before anything came back" : " between two messages";
  }
  const std::uint64_t begin = next_end_ - options.size;
  return " after " + std::to_string(received_ - begin) + " of " + std::to_string(options.size) + " bytes of a message";
}

std::optional<LoadFailure> LoadConnection::check(const LoadContext& context, Nanoseconds now) {
  const Nanoseconds patience = std::chrono::nanoseconds(context.options.timeout).count();
  switch (state_) {
    case State::kClosed:
      return std::nullopt;
    case State::kConnecting:
      return now - last_progress_ < patience ? std::nullopt
                                             : std::optional(connect_failure(client::errno_code(ETIMEDOUT)));
    case State::kDiagnosing:
      return now < suspicion_->ripe_at ? std::nullopt : std::optional(diagnosis(context));
    case State::kOpen:
      break;
  }
  if (is_idle() || now - last_progress_ < patience) {
    return std::nullopt;
  }
  if (sent_ < limit_) {
    return LoadFailure{LoadError::kNotReading, "the server has taken and returned nothing for " +
                                                   std::to_string(context.options.timeout.count()) + " ms; " +
                                                   std::to_string(net::unacknowledged_bytes(fd_.get())) +
                                                   " bytes wait to be sent"};
  }
  return LoadFailure{LoadError::kNoEcho, "nothing came back for " + std::to_string(context.options.timeout.count()) +
                                             " ms" + progress_of_message(context.options)};
}

}  // namespace threadecho::load
