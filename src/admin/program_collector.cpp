#include "admin/program_collector.h"

#include <array>

#include "admin/families.h"
#include "build_info.h"

namespace threadecho::admin {

std::vector<prometheus::MetricFamily> ProgramCollector::Collect() const {
  using Label = prometheus::ClientMetric::Label;
  const BuildInfo build = build_info();
  const std::array<Label, 3> built = {Label{"version", std::string(build.version)},
                                      Label{"revision", std::string(build.revision)},
                                      Label{"compiler", std::string(build.compiler)}};
  const std::array<Label, 2> set_up = {Label{"thread_model", facts_.thread_model},
                                       Label{"sched_policy", facts_.sched_policy}};
  return {info("threadecho_build_info", "What the program was built from and with.", built),
          info("threadecho_info", "How the program was set up.", set_up),
          counter("threadecho_log_lines_dropped_total",
                  "Log lines dropped: standard output was full, or more than half full for a line of an opening.",
                  log_lines_dropped_())};
}

}  // namespace threadecho::admin
