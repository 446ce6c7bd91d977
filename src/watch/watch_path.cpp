#include "watch/watch_path.h"

#include <algorithm>
#include <string>
#include <utility>

#include "client/failure.h"
#include "watch/path_log.h"

namespace threadecho::watch {
namespace {

/// The first connections are spread over this time, or over the interval if that is shorter.
constexpr std::chrono::seconds kStartWithin{1};
/// Between two attempts to connect, however long the interval is.
constexpr std::chrono::seconds kLongestPause{30};
constexpr auto kNever = Clock::time_point::max();
/// At this rate, reading TCP_INFO costs next to nothing.
constexpr std::chrono::seconds kReadingEvery{5};

std::uint32_t payload_number(std::uint32_t path, ConnectionKind kind) {
  const std::size_t number = path * kConnectionNames.size() + index_of(kind);
  return static_cast<std::uint32_t>(number % client::Payload::kMaxConnections);
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
      messages_(options_.interval, now + phase_of(number, options_.interval)),
      fresh_(options_, context.sockets, *this, ConnectionKind::kFresh, address,
             payload_number(number, ConnectionKind::kFresh),
             options_.connect_every.count() > 0 ? now + phase_of(number, options_.connect_every) : kNever),
      idle_(options_, context.sockets, *this, ConnectionKind::kIdle, address,
            payload_number(number, ConnectionKind::kIdle), options_.idle.count() > 0 ? starts_at_ : kNever),
      identity_(options_.version_port != 0) {
  record_.address = address;
  record_.since = std::chrono::system_clock::now();
  context_.timers.set(*this);
}

WatchPath::~WatchPath() {
  context_.timers.remove(*this);
  for (WatchConnection* const connection : {&lasting_, &fresh_.connection(), &idle_.connection()}) {
    connection->close();
    record_.counters.retransmitted += connection->take_retransmitted();
  }
  record_.counters.outage = record_.outage(Clock::now());
  target_.ended.add(record_.counters);
}

void WatchPath::advance(Clock::time_point now) {
  advance_lasting(now);
  advance_side(fresh_, now);
  advance_side(idle_, now);
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
  auto next = std::min(messages_.next(), lasting_.next_step());
  if (!lasting_.is_open()) {
    next = std::min(next, opens_at());
  }
  return std::min({next, fresh_.next_step(), idle_.next_step()});
}

Clock::time_point WatchPath::opens_at() const {
  return record_.state == PathState::kStarting ? starts_at_ : pause_.over_at();
}

void WatchPath::advance_lasting(Clock::time_point now) {
  if (now >= lasting_.next_step()) {
    take(lasting_, now);
  }
  if (!lasting_.is_open() && now >= opens_at()) {
    pause_.begin(now);
    lasting_.connect(now);
    take(lasting_, now);
  }
  send_if_due(now);
}

/// While the path is down, a message that becomes due comes to what the last attempt came to. Otherwise it is sent, or
/// shares the result of the one that is on its way.
void WatchPath::send_if_due(Clock::time_point now) {
  if (!messages_.pass(now)) {
    return;
  }
  if (record_.state == PathState::kDown) {
    messages_.settle(attempt_, record_.counters);
    return;
  }
  if (lasting_.is_idle()) {
    take(lasting_, now);  // what came between two messages
  }
  if (lasting_.is_idle()) {
    read_tcp_info(now);
    lasting_.send(now);
  }
}

void WatchPath::advance_side(SideConnection& side, Clock::time_point now) {
  WatchConnection& connection = side.connection();
  if (now >= connection.next_step()) {
    take(connection, now);
  }
  const SideConnection::Step step = side.step(now, record_.state == PathState::kUp);
  if (step == SideConnection::Step::kConnect) {
    connection.connect(now);
    take(connection, now);
  } else if (step == SideConnection::Step::kSend) {
    connection.send(now);
  }
}

SideConnection& WatchPath::side_of(const WatchConnection& connection) {
  return connection.kind() == ConnectionKind::kFresh ? fresh_ : idle_;
}

void WatchPath::take(WatchConnection& connection, Clock::time_point now) {
  WatchConnection::Progress progress = connection.advance(now);
  if (progress.connected) {
    take_connected(connection, *progress.connected, now);
  }
  if (progress.is_done) {
    take_success(connection, progress.round_trip, now);
  }
  record_.counters.retransmitted += connection.take_retransmitted();
  if (progress.loss) {
    take_loss(connection, std::move(*progress.loss), now);
  }
}

void WatchPath::take_connected(WatchConnection& connection, nanoseconds after, Clock::time_point now) {
  target_.connect.observe(after);
  const bool is_fresh = connection.kind() == ConnectionKind::kFresh;
  connection.send(now, is_fresh ? client::AfterSending::kHalfClose : client::AfterSending::kStayOpen);
}

void WatchPath::take_success(WatchConnection& connection, std::optional<nanoseconds> round_trip,
                             Clock::time_point now) {
  if (connection.kind() == ConnectionKind::kLasting) {
    messages_.settle(MessageResult::kOk, record_.counters);
    if (round_trip) {
      target_.round_trip.observe(*round_trip);
      record_.round_trip = round_trip;
    }
    if (record_.state != PathState::kUp) {
      go_up(now);
    }
    if (identity_.pass(now)) {
      context_.ask_identity(*this);
    }
    return;
  }
  record_.side_fails.at(index_of(connection.kind())) = false;
  if (const auto outage = side_of(connection).succeed(now)) {
    log_back(context_.log, target_.name, record_, connection.kind(), *outage);
  }
  if (connection.kind() == ConnectionKind::kFresh) {
    connection.close();
  }
}

void WatchPath::go_up(Clock::time_point now) {
  if (const auto outage = record_.go_up(now)) {
    log_back(context_.log, target_.name, record_, ConnectionKind::kLasting, *outage);
    identity_.restart(now);
  }
  next_reading_ = now;
}

void WatchPath::take_loss(WatchConnection& connection, Loss loss, Clock::time_point now) {
  if (connection.kind() == ConnectionKind::kLasting) {
    take_lasting_loss(std::move(loss), now);
  } else {
    take_side_loss(side_of(connection), std::move(loss), now);
  }
}

void WatchPath::take_lasting_loss(Loss loss, Clock::time_point now) {
  attempt_ = loss.place == Place::kWaiting ? result_of(loss.failure) : MessageResult::kLost;
  messages_.settle(attempt_, record_.counters);
  // Connects again at once only after a connection that lasted: a server may close each one as soon as it opens.
  if (loss.age >= std::min<nanoseconds>(options_.interval, kLongestPause)) {
    pause_.succeed();
  } else {
    pause_.fail();
  }
  if (record_.state == PathState::kDown) {
    return;  // an attempt within the same outage
  }
  count_loss(loss);
  record_.go_down(std::move(loss), now);
  context_.ask_addresses();
}

void WatchPath::take_side_loss(SideConnection& side, Loss loss, Clock::time_point now) {
  record_.side_fails.at(index_of(loss.connection)) = true;
  if (side.fail(loss, now)) {
    count_loss(loss);
  }
  if (record_.state != PathState::kDown) {  // the reason of an outage stays
    record_.last_loss = std::move(loss);
    record_.last_outage = nanoseconds(0);
  }
}

void WatchPath::count_loss(const Loss& loss) {
  log_lost(context_.log, target_.name, record_, loss);
  record_.counters.lost += 1;
  target_.lost.at(client::index_of(loss.failure.kind)) += 1;
}

void WatchPath::read_tcp_info(Clock::time_point now) {
  if (now < next_reading_) {
    return;
  }
  next_reading_ = now + kReadingEvery;
  if (const auto round_trip = lasting_.read_tcp_info()) {
    record_.tcp_round_trip = round_trip;
  }
}

void WatchPath::take_identity(std::string pod, std::string node) {
  identity_.take_answer(!node.empty(), Clock::now());
  if (!node.empty()) {
    record_.pod = std::move(pod);
    record_.node = std::move(node);
  }
}

}  // namespace threadecho::watch
