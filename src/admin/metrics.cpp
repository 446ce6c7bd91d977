#include "admin/metrics.h"

#include <prometheus/text_serializer.h>

#include <initializer_list>
#include <iterator>
#include <vector>

namespace threadecho::admin {

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> families = echo_.Collect();
  for (const prometheus::Collectable* const collector :
       std::initializer_list<const prometheus::Collectable*>{&process_, &program_}) {
    std::vector<prometheus::MetricFamily> more = collector->Collect();
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace threadecho::admin
