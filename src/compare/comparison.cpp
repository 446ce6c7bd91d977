#include "compare/comparison.h"

namespace threadecho::compare {

std::vector<ComparedModel> compared_models(std::uint32_t pool_threads) {
  return {{.name = "one at a time", .thread_model = "blocking-pool", .pool_threads = 1},
          {.name = "blocking-pool", .thread_model = "blocking-pool", .pool_threads = pool_threads},
          {.name = "per-connection", .thread_model = "per-connection", .pool_threads = pool_threads},
          {.name = "pool", .thread_model = "pool", .pool_threads = pool_threads}};
}

}  // namespace threadecho::compare
