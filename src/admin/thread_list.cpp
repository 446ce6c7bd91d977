#include "admin/thread_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include "admin/query.h"
#include "host/thread_usage.h"
#include "text/durations.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::ConnectionSnapshot;
using echo::ConnectionState;

/// A client that has not taken its echo for this long reads slowly or not at all. Every echo is on its way for a
/// moment.
constexpr std::chrono::milliseconds kStalledAfter{100};
/// A thread is at work if one of its clients got an echo this recently.
constexpr std::chrono::seconds kAtWork{5};

/// Sums over clients of one thread, or of many.
struct ClientSums {
  std::uint64_t clients = 0;
  std::uint64_t stalled = 0;
  std::uint64_t ending = 0;
  std::uint64_t messages = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t echoed_bytes = 0;

  void add(const ConnectionSnapshot& client) {
    ++clients;
    if (client.state == ConnectionState::kSending && client.idle >= kStalledAfter) {
      ++stalled;
    } else if (client.state == ConnectionState::kHalfClosed || client.state == ConnectionState::kEnding) {
      ++ending;
    }
    messages += client.receives;
    received_bytes += client.received_bytes;
    echoed_bytes += client.echoed_bytes;
  }
  void add(const ClientSums& other) {
    clients += other.clients;
    stalled += other.stalled;
    ending += other.ending;
    messages += other.messages;
    received_bytes += other.received_bytes;
    echoed_bytes += other.echoed_bytes;
  }
};

struct EchoThread {
  std::uint32_t id = 0;
  ClientSums sums;
  std::span<const ConnectionSnapshot> clients;  ///< the busiest first
  bool is_at_work = false;
};

/// The threads of connections that are sorted by thread; those that no thread serves yet are left out.
std::vector<EchoThread> threads_of(std::span<const ConnectionSnapshot> connections) {
  std::vector<EchoThread> threads;
  while (!connections.empty()) {
    const std::uint32_t id = connections.front().thread_id;
    const auto next = std::ranges::find_if(connections, [id](const auto& one) { return one.thread_id != id; });
    EchoThread thread{.id = id, .sums = {}, .clients = {connections.begin(), next}};
    for (const ConnectionSnapshot& client : thread.clients) {
      thread.sums.add(client);
      thread.is_at_work = thread.is_at_work || (client.receives > 0 && client.idle < kAtWork);
    }
    if (id != 0) {
      threads.push_back(thread);
    }
    connections = {next, connections.end()};
  }
  return threads;
}

void add_idle_threads(std::vector<EchoThread>& threads, const std::vector<std::uint32_t>& pool_thread_ids) {
  for (const std::uint32_t id : pool_thread_ids) {
    if (id != 0 && std::ranges::find(threads, id, &EchoThread::id) == threads.end()) {
      threads.push_back({.id = id, .sums = {}, .clients = {}});
    }
  }
}

/// Puts threads at work first, then those with more messages. It compares messages by powers of two, so that among
/// equally busy threads the same ones are shown from one answer to the next.
bool is_busier(const EchoThread& one, const EchoThread& other) {
  const auto busy = [](const EchoThread& thread) {
    return std::pair(thread.is_at_work, std::bit_width(thread.sums.messages));
  };
  return busy(one) != busy(other) ? busy(one) > busy(other) : one.id < other.id;
}

void append(std::string& body, const ClientSums& sums) {
  fmt::format_to(std::back_inserter(body),
                 R"("clients": {}, "stalled": {}, "ending": {}, "messages": {}, "received_bytes": {}, )"
                 R"("echoed_bytes": {})",
                 sums.clients, sums.stalled, sums.ending, sums.messages, sums.received_bytes, sums.echoed_bytes);
}

void append(std::string& body, const EchoThread& thread, const host::ThreadUsage& usage) {
  fmt::format_to(std::back_inserter(body),
                 R"({{"tid": {}, "name": {}, "state": "{}", "cpu_seconds": {}, "cpu_wait_seconds": {}, )"
                 R"("voluntary_context_switches": {}, "involuntary_context_switches": {}, )",
                 thread.id, text::json_string(usage.name), usage.is_running ? "running" : "waiting",
                 text::in_seconds(usage.cpu_time), text::in_seconds(usage.cpu_wait), usage.voluntary_switches,
                 usage.involuntary_switches);
  append(body, thread.sums);
  body += R"(, "peers": [)";
  std::string_view separator;
  for (const ConnectionSnapshot& client : thread.clients.first(std::min(kClientsNamed, thread.clients.size()))) {
    body.append(separator).append(text::json_string(client.peer.text().view()));
    separator = ", ";
  }
  body += "]}";
}

}  // namespace

text::Parsed<std::size_t> parse_threads_query(std::string_view target) {
  using Limit = text::Parsed<std::size_t>;
  std::size_t limit = kMostThreadsShown;
  for (const Parameter& parameter : parameters_of(target)) {
    if (parameter.name != "limit") {
      return Limit::bad(wrong_parameter(parameter, "limit"));
    }
    if (!parse_limit(parameter, kMostThreadsShown, limit)) {
      return Limit::bad(wrong_limit(parameter, kMostThreadsShown));
    }
  }
  return Limit::good(limit);
}

http::Response threads_response(std::vector<ConnectionSnapshot> connections,
                                const std::vector<std::uint32_t>& pool_thread_ids, std::size_t limit) {
  std::ranges::sort(connections, [](const ConnectionSnapshot& one, const ConnectionSnapshot& other) {
    return one.thread_id != other.thread_id ? one.thread_id < other.thread_id : one.receives > other.receives;
  });
  std::vector<EchoThread> threads = threads_of(connections);
  add_idle_threads(threads, pool_thread_ids);
  const auto end = threads.begin() + static_cast<std::ptrdiff_t>(std::min(limit, threads.size()));
  std::partial_sort(threads.begin(), end, threads.end(), is_busier);
  std::string body = fmt::format("{{\n  \"total\": {},\n  \"threads\": [", threads.size());
  std::string_view separator = "\n    ";
  ClientSums others;
  std::size_t not_shown = 0;
  for (auto thread = threads.begin(); thread != threads.end(); ++thread) {
    const auto usage = thread < end ? host::thread_usage(thread->id) : std::nullopt;
    if (usage) {
      body.append(separator);
      append(body, *thread, *usage);
      separator = ",\n    ";
    } else {  // beyond the limit, or it has just ended
      ++not_shown;
      others.add(thread->sums);
    }
  }
  fmt::format_to(std::back_inserter(body), "\n  ],\n  \"others\": {{\"threads\": {}, ", not_shown);
  append(body, others);
  body += "}\n}\n";
  return {200, http::kJsonType, std::move(body)};
}

}  // namespace threadecho::admin
