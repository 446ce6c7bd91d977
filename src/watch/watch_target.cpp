#include "watch/watch_target.h"

#include <algorithm>
#include <utility>

namespace threadecho::watch {
namespace {

using std::chrono::seconds;

/// Between two look-ups: kSoon without an address, and as the least pause; kWhileDown if one failed or a path is down.
constexpr seconds kSoon{1};
constexpr seconds kWhileDown{5};

bool contains(const std::vector<net::Endpoint>& addresses, const net::Endpoint& address) {
  return std::ranges::any_of(addresses, [&](const net::Endpoint& one) { return client::is_same(one, address); });
}

}  // namespace

WatchTarget::WatchTarget(Context& context, client::Target target, Clock::time_point now)
    : context_(context),
      target_(std::move(target)),
      is_numeric_(net::Endpoint::parse(target_.host, target_.port).has_value()),
      path_context_{.options = context.options,
                    .sockets = context.sockets,
                    .timers = context.timers,
                    .log = context.log,
                    .ask_identity = context.ask_identity,
                    .ask_addresses = [this] { look_up_soon(); }},
      next_look_up_(now) {
  record_.name = target_.to_string();
  context_.timers.set(*this);
}

WatchTarget::~WatchTarget() {
  *self_ = nullptr;
  context_.timers.remove(*this);
  context_.paths -= paths_.size();
}

Clock::duration WatchTarget::pause() const {
  const Clock::duration usual = context_.options.resolve_every;
  if (paths_.empty()) {
    return std::min<Clock::duration>(usual, kSoon);
  }
  const bool is_down = record_.error || std::ranges::any_of(paths_, [](const auto& path) {
                         return path->record().state == PathState::kDown;
                       });
  return is_down ? std::min<Clock::duration>(usual, kWhileDown) : usual;
}

/// A name is looked up in the background; an answer that comes after the target has gone finds nothing.
void WatchTarget::advance(Clock::time_point now) {
  asked_ = now;
  next_look_up_ = Clock::time_point::max();  // until the answer
  if (is_numeric_) {
    take(context_.resolve(target_), now);
  } else if (!std::exchange(is_asking_, true)) {
    context_.names.post([resolve = context_.resolve, target = target_, self = self_]() -> Background::Finish {
      return [resolution = resolve(target), self] {
        if (*self != nullptr) {
          (*self)->take(resolution, Clock::now());
        }
      };
    });
  }
  context_.timers.set(*this);
}

/// When a connection is lost: at once, but not more often than each second.
void WatchTarget::look_up_soon() {
  if (!is_numeric_ && !is_asking_) {
    next_look_up_ = std::min(next_look_up_, asked_ + kSoon);
    context_.timers.set(*this);
  }
}

void WatchTarget::take(const client::Resolution& resolution, Clock::time_point now) {
  is_asking_ = false;
  is_known_ = true;
  if (resolution.endpoints.empty()) {
    note_failure(client::name_failure(target_, resolution.reason).text);
  } else {
    if (std::exchange(record_.error, std::nullopt)) {
      context_.log.info("name found", {{"target", record_.name}});
    }
    end_gone(resolution.endpoints);
    begin_new(resolution.endpoints, now);
  }
  next_look_up_ = is_numeric_ ? Clock::time_point::max() : now + pause();
  context_.timers.set(*this);
}

void WatchTarget::note_failure(const std::string& reason) {
  if (!record_.error) {
    ++record_.lost.at(client::index_of(client::FailureKind::kNameNotFound));
    context_.log.warn("name not found", {{"target", record_.name}, {"error", reason}, {"addresses", paths_.size()}});
  }
  record_.error = reason;
}

void WatchTarget::end_gone(const std::vector<net::Endpoint>& addresses) {
  for (auto path = paths_.begin(); path != paths_.end();) {
    const net::Endpoint address = (*path)->record().address;
    if (contains(addresses, address)) {
      ++path;
      continue;
    }
    context_.log.info("address gone", {{"target", record_.name}, {"address", address.text().view()}});
    path = paths_.erase(path);
    --context_.paths;
  }
}

void WatchTarget::begin_new(const std::vector<net::Endpoint>& addresses, Clock::time_point now) {
  for (const net::Endpoint& address : addresses) {
    if (std::ranges::any_of(paths_,
                            [&](const auto& path) { return client::is_same(path->record().address, address); })) {
      continue;
    }
    if (context_.paths == kMostPaths) {
      context_.log.error("too many paths", {{"target", record_.name}, {"limit", kMostPaths}});
      return;
    }
    context_.log.info("address found", {{"target", record_.name}, {"address", address.text().view()}});
    paths_.push_back(std::make_unique<WatchPath>(path_context_, record_, address, context_.next_path++, now));
    ++context_.paths;
    had_paths_ = true;
  }
}

TargetSnapshot WatchTarget::snapshot() const {
  TargetSnapshot snapshot{.target = record_, .paths = {}};
  snapshot.paths.reserve(paths_.size());
  for (const auto& path : paths_) {
    snapshot.paths.push_back(path->record());
  }
  return snapshot;
}

WatchPath* WatchTarget::find(std::uint32_t number) const {
  const auto path = std::ranges::find_if(paths_, [&](const auto& one) { return one->number() == number; });
  return path == paths_.end() ? nullptr : path->get();
}

bool WatchTarget::has_losses() const {
  if (is_known_ && !had_paths_) {
    return true;
  }
  std::uint64_t lost = 0;
  for (const client::FailureWords& words : client::kFailureKinds) {
    lost += words.kind == client::FailureKind::kNameNotFound ? 0 : record_.lost.at(client::index_of(words.kind));
  }
  return lost > 0;
}

}  // namespace threadecho::watch
