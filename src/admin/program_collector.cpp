#include "admin/program_collector.h"

#include <array>

#include "admin/families.h"

namespace threadecho::admin {

std::vector<prometheus::MetricFamily> ProgramCollector::Collect() const {
  using Label = prometheus::ClientMetric::Label;
  const std::array<Label, 3> build = {Label{"version", std::string(facts_.build.version)},
                                      Label{"revision", std::string(facts_.build.revision)},
                                      Label{"compiler", std::string(facts_.build.compiler)}};
  const std::array<Label, 2> set_up = {Label{"thread_model", facts_.thread_model},
                                       Label{"sched_policy", facts_.sched_policy}};
  return {info("threadecho_build_info", "What the program was built from and with.", build),
          info("threadecho_info", "How the program was set up.", set_up),
          counter("threadecho_log_lines_dropped_total", "Log lines that standard output had no room for.",
                  log_lines_dropped_())};
}

}  // namespace threadecho::admin
