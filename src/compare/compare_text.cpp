#include "compare/compare_text.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/help.h"
#include "compare/bar_block.h"
#include "text/durations.h"
#include "text/numbers.h"

namespace threadecho::compare {
namespace {

using std::chrono::nanoseconds;

std::optional<double> seconds_of(const std::optional<nanoseconds>& duration) {
  return duration ? std::optional(text::in_seconds(*duration)) : std::nullopt;
}

std::string latency_text(double seconds) { return text::format_latency(nanoseconds(std::llround(seconds * 1e9))); }

std::string whole_text(double number) {
  return text::format_count(static_cast<std::uint64_t>(std::llround(std::max(number, 0.0))));
}

/// A negative value means that the server freed memory meanwhile; show it as 0.
std::string memory_text(double bytes) { return bytes > 0 ? text::format_bytes(bytes) : "0 B"; }

/// A metric of the table: its title, its value in a model, and how the value is shown.
struct Row {
  std::string title;
  std::function<std::optional<double>(const ModelResult&)> value;
  std::string (*show)(double value);
};

std::vector<Row> rows_of(const Comparison& comparison) {
  return {
      {"clients served at once, of " + text::format_count(comparison.options.clients),
       [](const ModelResult& f) { return std::optional<double>(f.clients_served); }, &whole_text},
      {"messages/s", [](const ModelResult& f) { return std::optional(f.messages_per_second); }, &whole_text},
      {"p50 of the clients served", [](const ModelResult& f) { return seconds_of(f.p50); }, &latency_text},
      {"p99 of the clients served", [](const ModelResult& f) { return seconds_of(f.p99); }, &latency_text},
      {"context switches per message", [](const ModelResult& f) { return f.context_switches_per_message; },
       [](double value) { return text::format_rate(value); }},
      {"CPU time per message", [](const ModelResult& f) { return f.cpu_seconds_per_message; }, &latency_text},
      {"threads of the process", [](const ModelResult& f) { return f.threads; }, &whole_text},
      {"memory per client (RSS)", [](const ModelResult& f) { return f.memory_bytes_per_client; }, &memory_text},
  };
}

BarBlock block_of(const Row& row, const std::vector<ModelResult>& models) {
  BarBlock block{.title = row.title, .bars = {}};
  for (const ModelResult& model : models) {
    const auto value = row.value(model);
    block.bars.push_back({.name = model.model.name, .value = value, .text = value ? row.show(*value) : ""});
  }
  return block;
}

/// The wait has the same index in each model's list.
BarBlock block_of_wait(std::size_t place, const Comparison& comparison) {
  const std::vector<ModelResult>& models = comparison.models;
  BarBlock block{.title = "wait behind " + text::count_of(models.front().waits[place].silent_clients, "silent client"),
                 .bars = {}};
  for (const ModelResult& model : models) {
    const WaitBehind& wait = model.waits.at(place);
    block.bars.push_back({.name = model.model.name,
                          .value = text::in_seconds(wait.waited),
                          .text = wait.after_they_left ? "> " + text::format_latency(comparison.options.patience)
                                                       : text::format_latency(wait.waited)});
  }
  return block;
}

std::string heading(const Comparison& comparison) {
  const CompareOptions& options = comparison.options;
  const client::Json& machine = comparison.machine;
  return fmt::format(
      "Each thread model: {}, {} a message, {}; both pools: {}.\n"
      "Machine: {}, {}, {}. Compare the ratios, not the numbers.\n\n",
      text::count_of(options.clients, "client"), text::count_of(options.size, "byte"),
      text::format_duration(options.duration), text::count_of(options.pool_threads, "thread"),
      text::count_of(machine.value("cores", 0U), "core"), machine.value("kernel", "kernel unknown"),
      machine.value("congestion_control", "congestion control unknown"));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text.append(text.empty() ? "" : ", ").append(part);
  }
  return text;
}

/// Notes on the clients that had to wait, which the bars do not show.
std::string notes(const Comparison& comparison) {
  const std::string clients = text::format_count(comparison.options.clients);
  std::vector<std::string> served;
  std::vector<std::string> echoes;
  for (const ModelResult& model : comparison.models) {
    if (model.clients_served < comparison.options.clients) {
      served.push_back(model.model.name + ' ' + text::format_count(model.clients_served) + " of " + clients);
    }
    for (const WaitBehind& wait : model.waits) {
      if (wait.after_they_left) {
        echoes.push_back(fmt::format("{} {} (behind {})", model.model.name, text::format_latency(*wait.after_they_left),
                                     text::format_count(wait.silent_clients)));
      }
    }
  }
  std::string text;
  if (!served.empty()) {
    text += "Served at once: " + joined(served) +
            ". The others were connected too, but waited for a thread and got no byte during the load. p50 and p99 "
            "are only those of the clients that were served.\n";
  }
  if (!echoes.empty()) {
    text += "> " + text::format_latency(comparison.options.patience) +
            ": the client got no echo in this time. It waits until silent clients leave. After they left, its echo "
            "took: " +
            joined(echoes) + ".\n";
  }
  return text;
}

}  // namespace

std::string text_of(const Comparison& comparison, std::size_t width, bool has_colours) {
  std::vector<BarBlock> blocks;
  for (const Row& row : rows_of(comparison)) {
    blocks.push_back(block_of(row, comparison.models));
  }
  for (std::size_t place = 0; place < comparison.models.front().waits.size(); ++place) {
    blocks.push_back(block_of_wait(place, comparison));
  }
  return cli::fitted(heading(comparison), width) + laid_out(blocks, width, has_colours) +
         cli::fitted(notes(comparison), width);
}

}  // namespace threadecho::compare
