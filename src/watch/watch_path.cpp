#include "watch/watch_path.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "client/failure.h"

namespace threadecho::watch {
namespace {

using std::chrono::seconds;

/// The first connections are spread over this time, or over the interval if that is shorter.
constexpr seconds kStartWithin{1};
/// Between two attempts to connect, however long the interval is.
constexpr seconds kLongestPause{30};
constexpr auto kNever = Clock::time_point::max();
constexpr std::uint32_t kConnectionsOfAPath = 3;
/// What a reading of TCP_INFO costs does not show at this rate.
constexpr seconds kReadingEvery{5};
/// An address that does not answer GET /version, or answers without a node, is asked again after this long.
constexpr std::chrono::minutes kIdentityEvery{5};

/// Where in the interval a path has its messages: the golden ratio spreads any number of paths evenly.
nanoseconds phase_of(std::uint32_t number, nanoseconds interval) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double share = std::fmod(static_cast<double>(number) * kGoldenRatio, 1.0);
  return nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(interval.count())));
}

std::uint32_t payload_number(std::uint32_t path, ConnectionKind kind) {
  return (path * kConnectionsOfAPath + static_cast<std::uint32_t>(kind)) % client::Payload::kMaxConnections;
}

MessageResult result_of(const client::Failure& failure) {
  const bool is_wrong =
      client::words_of(failure.kind).exit_status == client::words_of(client::FailureKind::kWrongBytes).exit_status;
  return is_wrong ? MessageResult::kWrong : MessageResult::kLost;
}

}  // namespace

WatchPath::WatchPath(const PathContext& context, TargetRecord& target, const net::Endpoint& address,
                     std::uint32_t number, Clock::time_point now)
    : context_(context),
      options_(context.options),
      target_(target),
      number_(number),
      lasting_(options_, context.sockets, *this, ConnectionKind::kLasting, address,
               payload_number(number, ConnectionKind::kLasting)),
      pause_(options_.interval, kLongestPause),
      starts_at_(now + phase_of(number, std::min<nanoseconds>(options_.interval, kStartWithin))),
      next_message_(now + phase_of(number, options_.interval)),
      fresh_{.connection = {options_, context.sockets, *this, ConnectionKind::kFresh, address,
                            payload_number(number, ConnectionKind::kFresh)}},
      idle_{.connection = {options_, context.sockets, *this, ConnectionKind::kIdle, address,
                           payload_number(number, ConnectionKind::kIdle)}} {
  record_.address = address;
  record_.since = std::chrono::system_clock::now();
  if (options_.connect_every.count() > 0) {
    fresh_.due = now + phase_of(number, options_.connect_every);
  }
  if (options_.idle.count() > 0) {
    idle_.due = starts_at_;
  }
  has_identity_ = options_.version_port == 0;
  context_.timers.set(*this);
}

WatchPath::~WatchPath() {
  context_.timers.remove(*this);
  for (WatchConnection* const connection : {&lasting_, &fresh_.connection, &idle_.connection}) {
    connection->close();
    record_.counters.retransmitted += connection->take_retransmitted();
  }
  record_.counters.outage = record_.outage(Clock::now());
  target_.ended.add(record_.counters);
}

void WatchPath::advance(Clock::time_point now) {
  advance_lasting(now);
  advance_fresh(now);
  advance_idle(now);
  context_.timers.set(*this);
}

void WatchPath::handle(WatchConnection& connection, Clock::time_point now) {
  take(connection, now);
  if (now >= next_step()) {
    advance(now);
  } else {
    context_.timers.set(*this);
  }
}

Clock::time_point WatchPath::next_step() const {
  auto next = std::min(next_message_, lasting_.deadline());
  if (!lasting_.is_open()) {
    next = std::min(next, opens_at());
  }
  for (const Side* const side : {&fresh_, &idle_}) {
    next = std::min(next, side->connection.deadline());
    if (!side->connection.is_open() || side->connection.is_idle()) {
      next = std::min(next, side->due);
    }
  }
  return next;
}

Clock::time_point WatchPath::opens_at() const {
  return record_.state == PathState::kStarting ? starts_at_ : pause_.over_at();
}

void WatchPath::advance_lasting(Clock::time_point now) {
  if (now >= lasting_.deadline()) {
    take(lasting_, now);
  }
  if (!lasting_.is_open() && now >= opens_at()) {
    pause_.begin(now);
    lasting_.connect(now);
    take(lasting_, now);
  }
  pass_slots(now);
}

/// Sends the message of a slot that has come. A slot without a connection is a message lost; one that comes while an
/// echo is awaited is left out.
void WatchPath::pass_slots(Clock::time_point now) {
  if (now < next_message_) {
    return;
  }
  const auto passed = (now - next_message_) / options_.interval;
  next_message_ += (passed + 1) * options_.interval;
  if (lasting_.is_idle()) {
    read_tcp_info(now);
    lasting_.send(now);
  } else if (record_.state == PathState::kDown && !lasting_.is_waiting()) {
    ++record_.counters.messages[index_of(MessageResult::kLost)];
  }
}

void WatchPath::advance_fresh(Clock::time_point now) {
  if (now >= fresh_.connection.deadline()) {
    take(fresh_.connection, now);
  }
  if (now < fresh_.due || fresh_.connection.is_open()) {
    return;
  }
  fresh_.due += ((now - fresh_.due) / options_.connect_every + 1) * options_.connect_every;
  if (record_.state == PathState::kUp) {  // else the lasting connection tries already
    fresh_.connection.connect(now);
    take(fresh_.connection, now);
  }
}

void WatchPath::advance_idle(Clock::time_point now) {
  WatchConnection& connection = idle_.connection;
  if (now >= connection.deadline()) {
    take(connection, now);
  }
  if (now < idle_.due) {
    return;
  }
  if (connection.is_idle()) {
    idle_.due = kNever;  // until the echo
    connection.send(now);
  } else if (!connection.is_open()) {
    idle_.due = now + options_.interval;
    if (record_.state == PathState::kUp) {
      connection.connect(now);
      take(connection, now);
    }
  }
}

WatchPath::Side& WatchPath::side_of(const WatchConnection& connection) {
  return connection.kind() == ConnectionKind::kFresh ? fresh_ : idle_;
}

void WatchPath::take(WatchConnection& connection, Clock::time_point now) {
  WatchConnection::Progress progress = connection.advance(now);
  if (progress.connected) {
    take_connected(connection, *progress.connected, now);
  }
  if (progress.round_trip) {
    take_echo(connection, *progress.round_trip, now);
  }
  if (progress.is_done) {
    connection.close();
    record_.counters.retransmitted += connection.take_retransmitted();
  }
  if (progress.loss) {
    take_loss(connection, std::move(*progress.loss), now);
  }
}

void WatchPath::take_connected(WatchConnection& connection, nanoseconds after, Clock::time_point now) {
  target_.connect.observe(after);
  if (connection.kind() == ConnectionKind::kFresh) {
    connection.send(now, client::AfterSending::kHalfClose);
  } else {
    connection.send(now);
  }
}

void WatchPath::take_echo(WatchConnection& connection, nanoseconds round_trip, Clock::time_point now) {
  ++record_.counters.messages[index_of(MessageResult::kOk)];
  if (connection.kind() == ConnectionKind::kLasting) {
    target_.round_trip.observe(round_trip);
    record_.round_trip = round_trip;
    if (record_.state != PathState::kUp) {
      go_up(now);
    }
    ask_identity_if_due(now);
    return;
  }
  Side& side = side_of(connection);
  if (side.failing_since) {
    log_back(connection.kind(), now - *std::exchange(side.failing_since, std::nullopt));
  }
  if (connection.kind() == ConnectionKind::kIdle) {
    side.due = now + options_.idle;
  }
}

void WatchPath::go_up(Clock::time_point now) {
  if (record_.state == PathState::kDown) {
    const nanoseconds outage = now - record_.outage_began;
    record_.counters.outage += outage;
    record_.last_outage = outage;
    log_back(ConnectionKind::kLasting, outage);
    if (options_.version_port != 0) {  // another server may be there now
      has_identity_ = false;
      next_identity_ = now;
    }
  }
  record_.state = PathState::kUp;
  record_.since = std::chrono::system_clock::now();
  next_reading_ = now;
}

void WatchPath::take_loss(WatchConnection& connection, Loss loss, Clock::time_point now) {
  record_.counters.retransmitted += connection.take_retransmitted();
  if (loss.place == Place::kWaiting) {
    ++record_.counters.messages[index_of(result_of(loss.failure))];
  }
  if (connection.kind() == ConnectionKind::kLasting) {
    take_lasting_loss(std::move(loss), now);
  } else {
    take_side_loss(side_of(connection), std::move(loss), now);
  }
}

void WatchPath::take_lasting_loss(Loss loss, Clock::time_point now) {
  // At once after a connection that lasted; else a server that closes each one would be asked thousands of times.
  if (loss.age >= std::min<nanoseconds>(options_.interval, kLongestPause)) {
    pause_.succeed();
  } else {
    pause_.fail();
  }
  if (record_.state == PathState::kDown) {
    return;  // an attempt within the same outage
  }
  record_.outage_began = loss.began;
  record_.state = PathState::kDown;
  record_.since = loss.at - std::chrono::duration_cast<std::chrono::nanoseconds>(now - loss.began);
  record_.last_outage.reset();
  log_lost(loss);
  count(loss);
  record_.last_loss = std::move(loss);
  context_.ask_addresses();
}

void WatchPath::take_side_loss(Side& side, Loss loss, Clock::time_point now) {
  if (!side.failing_since) {
    side.failing_since = loss.began;
    log_lost(loss);
  }
  count(loss);
  if (record_.state != PathState::kDown) {  // the reason of an outage stays
    record_.last_loss = std::move(loss);
    record_.last_outage = nanoseconds(0);
  }
  if (&side == &idle_) {
    side.due = now + std::max(options_.interval, options_.connect_every);
  }
}

void WatchPath::count(const Loss& loss) {
  ++target_.lost.at(client::index_of(loss.failure.kind));
  ++record_.counters.lost;
}

void WatchPath::read_tcp_info(Clock::time_point now) {
  if (now < next_reading_) {
    return;
  }
  next_reading_ = now + kReadingEvery;
  if (const auto round_trip = lasting_.read_tcp_info()) {
    record_.tcp_round_trip = *round_trip;
  }
  record_.counters.retransmitted += lasting_.take_retransmitted();
}

void WatchPath::ask_identity_if_due(Clock::time_point now) {
  if (!has_identity_ && now >= next_identity_) {
    next_identity_ = now + kIdentityEvery;
    context_.ask_identity(*this);
  }
}

void WatchPath::take_identity(std::string pod, std::string node) {
  has_identity_ = !node.empty();
  if (has_identity_) {
    record_.pod = std::move(pod);
    record_.node = std::move(node);
  }
}

void WatchPath::log_lost(const Loss& loss) const {
  const std::string address = record_.address.to_string();
  const std::string local = loss.local.is_known() ? loss.local.to_string() : std::string();
  const auto if_known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  context_.log.warn("connection lost", {{"target", target_.name},
                                        {"address", address},
                                        {"node", if_known(record_.node)},
                                        {"connection", kConnectionNames.at(index_of(loss.connection))},
                                        {"place", kPlaceNames.at(index_of(loss.place))},
                                        {"reason", client::words_of(loss.failure.kind).name},
                                        {"error", loss.failure.text},
                                        {"age_seconds", loss.age},
                                        {"local_address", if_known(local)}});
}

void WatchPath::log_back(ConnectionKind connection, nanoseconds outage) const {
  const std::string address = record_.address.to_string();
  context_.log.info("connection back",
                    {{"target", target_.name},
                     {"address", address},
                     {"node", record_.node.empty() ? std::nullopt : std::optional<std::string_view>(record_.node)},
                     {"connection", kConnectionNames.at(index_of(connection))},
                     {"outage_seconds", outage}});
}

}  // namespace threadecho::watch
