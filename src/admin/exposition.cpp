#include "admin/exposition.h"

#include <prometheus/text_serializer.h>

#include <iterator>
#include <vector>

namespace threadecho::admin {

std::string exposition(std::initializer_list<const prometheus::Collectable*> collectors) {
  std::vector<prometheus::MetricFamily> families;
  for (const prometheus::Collectable* collector : collectors) {
    std::vector<prometheus::MetricFamily> more = collector->Collect();
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace threadecho::admin
