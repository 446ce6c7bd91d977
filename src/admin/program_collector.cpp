#include "admin/program_collector.h"

#include <array>

#include "admin/families.h"
#include "build_info.h"

namespace threadecho::admin {

using Label = prometheus::ClientMetric::Label;

prometheus::MetricFamily build_info_family() {
  const BuildInfo build = build_info();
  const std::array<Label, 3> built = {Label{"version", std::string(build.version)},
                                      Label{"revision", std::string(build.revision)},
                                      Label{"compiler", std::string(build.compiler)}};
  return info("threadecho_build_info", "Version, revision and compiler of the program.", built);
}

prometheus::MetricFamily dropped_lines_family(std::uint64_t dropped) {
  return counter("threadecho_log_lines_dropped_total",
                 "Log lines dropped because standard output was full; lines about opened connections are dropped while "
                 "it is half full.",
                 dropped);
}

std::vector<prometheus::MetricFamily> ProgramCollector::Collect() const {
  const std::array<Label, 2> set_up = {Label{"thread_model", facts_.thread_model},
                                       Label{"sched_policy", facts_.sched_policy}};
  return {build_info_family(), info("threadecho_info", "Thread model and scheduling policy of the server.", set_up),
          dropped_lines_family(log_lines_dropped_())};
}

}  // namespace threadecho::admin
